using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>The <c>arguments</c> of a strict function: a copy of what was passed, with no tie to the parameters.</summary>
internal sealed class ArgumentsObject : JsObject
{
    private readonly Value[] _elements;

    public ArgumentsObject(Realm realm, ReadOnlySpan<Value> arguments)
        : base(ObjectClass.Arguments, realm.EmptyShape, realm.Intrinsics.ObjectPrototype)
    {
        realm.Allocate(MemoryCost.Object + (long)MemoryCost.Value * (arguments.Length + 4));
        _elements = arguments.ToArray();
        Put(realm, Names.Length, Values.Value.Number(arguments.Length), PropertyFlags.Hidden);
    }

    /// <summary>As the language has it in strict functions: there, and not to be asked for.</summary>
    private static bool IsCallee(PropertyKey key) => ReferenceEquals(key, Names.Callee);

    public override bool TryGetElement(Realm realm, uint index, out Value value)
    {
        value = index < (uint)_elements.Length ? _elements[index] : Values.Value.Absent;
        return !value.IsAbsent;                                         // what is not here may be an ordinary property
    }

    public override bool GetOwn(Realm realm, PropertyKey key, out Property property)
    {
        if (key is Atom { Index: not Atom.NotAnIndex } atom && atom.Index < (uint)_elements.Length && !_elements[atom.Index].IsAbsent)
        {
            property = new Property { Value = _elements[atom.Index], Flags = PropertyFlags.Default };
            return true;
        }
        if (IsCallee(key))
        {
            property = new Property { Value = Values.Value.Internal(realm.Intrinsics.Restricted), Flags = PropertyFlags.Accessor };
            return true;
        }
        return base.GetOwn(realm, key, out property);
    }

    public override void PutOwn(Realm realm, PropertyKey key, in Value value, PropertyFlags flags)
    {
        if (key is Atom { Index: not Atom.NotAnIndex } atom && atom.Index < (uint)_elements.Length && !_elements[atom.Index].IsAbsent)
        {
            if (flags == PropertyFlags.Default)
            {
                _elements[atom.Index] = value;
                return;
            }
            _elements[atom.Index] = Values.Value.Absent;                // accessors and read-only ones live in the ordinary storage
        }
        base.PutOwn(realm, key, value, flags);
    }

    public override void RemoveOwn(Realm realm, PropertyKey key)
    {
        if (key is Atom { Index: not Atom.NotAnIndex } atom && atom.Index < (uint)_elements.Length && !_elements[atom.Index].IsAbsent)
            _elements[atom.Index] = Values.Value.Absent;
        else
            base.RemoveOwn(realm, key);
    }

    public override void CollectOwnKeys(Realm realm, List<PropertyKey> keys)
    {
        // The length came first, then the elements: properties like any other to the engine. What strict functions hide comes last.
        realm.Charge(_elements.Length);
        var first = keys.Count;
        var others = realm.RentKeyList();
        CollectOwnKeysInOrderOfArrival(realm, others);
        var hasLength = others.Count > 0 && ReferenceEquals(others[0], Names.Length);
        if (hasLength)
            keys.Add(Names.Length);
        for (var i = 0; i < _elements.Length; i++)
        {
            if (!_elements[i].IsAbsent)
                keys.Add(realm.AtomOf((uint)i));
        }
        keys.AddRange(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(others)[(hasLength ? 1 : 0)..]);
        realm.ReturnKeyList(others);
        PropertyTree.Arrange(realm, keys, first);
        keys.Add(Names.Callee);
    }
}
