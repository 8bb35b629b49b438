using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;

namespace Brink.JavaScript.Values;

/// <summary>
/// An array: elements side by side, holes marked absent. The length may be larger than what is stored, so <c>new Array(1e9)</c> costs
/// nothing until it is filled, and then meets the memory limit.
/// </summary>
internal sealed class JsArray(Shape shape, JsObject? prototype) : JsObject(ObjectClass.Array, shape, prototype)
{
    /// <summary>The first <see cref="Stored"/> are in use.</summary>
    public Value[] Elements = [];

    /// <summary>How many elements are stored; those from here to <see cref="Length"/> are holes.</summary>
    public int Stored;

    /// <summary>The length property, up to 2^32 - 1.</summary>
    public uint Length;

    /// <summary>
    /// Frozen, sealed, with a read-only length, or with elements that are properties: writes take the slow way, which refuses what it must.
    /// </summary>
    public bool IsFrozen;

    /// <summary>
    /// The elements lie among the ordinary properties: one of them has flags of its own or is an accessor, or they lie too far apart.
    /// Nothing is stored then.
    /// </summary>
    public bool HasElementProperties { get; private set; }

    /// <summary>
    /// To the engine too: then length and elements are listed among the other properties, in the places that they came to when it happened.
    /// </summary>
    private bool _isListedByArrival;

    /// <summary>Set by <c>Object.defineProperty</c> and freezing.</summary>
    public bool IsLengthReadOnly { get; private set; }

    private PropertyFlags _elementFlags = PropertyFlags.Default;

    // A gap wider than this is not worth filling with holes; from that index on the engine does not fill it either.
    private const int WidestGap = 1024;
    private const uint FirstFarIndex = 32768;

    public override void Forget()
    {
        base.Forget();
        Elements = [];
        Stored = 0;
        Length = 0;
        IsFrozen = HasElementProperties = IsLengthReadOnly = _isListedByArrival = false;
        _elementFlags = PropertyFlags.Default;
    }

    public Span<Value> AsSpan() => Elements.AsSpan(0, Stored);

    /// <summary>Appends; charges the growth.</summary>
    public void Push(Realm realm, in Value value)
    {
        if (Stored != Length)
        {
            if (Length != uint.MaxValue)
                TryPutElement(realm, Length, value);
            return;
        }
        Reserve(realm, Stored + 1);
        Elements[Stored++] = value;
        Length++;
    }

    /// <summary>Room for that many elements, charged before it is taken.</summary>
    public void Reserve(Realm realm, int count)
    {
        if (count <= Elements.Length)
            return;
        var size = Math.Max(count, Math.Max(4, Elements.Length + (Elements.Length >> 1)));
        realm.Allocate((long)MemoryCost.Value * (size - Elements.Length));
        realm.Charge((size > Price.LargeArray ? Stored + size : Stored) / Price.MovedElements);       // the copy
        realm.GrowStorage(ref Elements, size);
    }

    /// <summary>Cuts or extends.</summary>
    public void SetLength(Realm realm, uint length)
    {
        if (HasElementProperties && length < Length)
            length = RemoveElementProperties(realm, length);
        if (length < Stored)
        {
            realm.Charge((int)((Stored - length) / Price.ClearedElements));
            Array.Clear(Elements, (int)length, Stored - (int)length);
            Stored = (int)length;
        }
        Length = length;
    }

    public override bool TryGetElement(Realm realm, uint index, out Value value)
    {
        value = index < (uint)Stored ? Elements[index] : Values.Value.Absent;
        return true;
    }

    public override bool TryPutElement(Realm realm, uint index, in Value value)
    {
        if (index < (uint)Stored)
        {
            Elements[index] = value;
            return true;
        }
        if (HasElementProperties || index - Stored > WidestGap)
        {
            PutElementProperty(realm, realm.AtomOf(index), value, PropertyFlags.Default);
            return true;
        }
        Reserve(realm, (int)index + 1);
        realm.Charge((int)((index - Stored) / Price.ClearedElements));
        for (var i = Stored; i < (int)index; i++)
            Elements[i] = Values.Value.Absent;
        Elements[index] = value;
        Stored = (int)index + 1;
        if (index >= Length)
            Length = index + 1;
        return true;
    }

    public override bool GetOwn(Realm realm, PropertyKey key, out Property property)
    {
        if (key is Atom atom)
        {
            if (atom.Index != Atom.NotAnIndex)
            {
                if (HasElementProperties)
                    return base.GetOwn(realm, key, out property);
                TryGetElement(realm, atom.Index, out var element);
                property = new Property { Value = element, Flags = _elementFlags };
                return !element.IsAbsent;
            }
            if (ReferenceEquals(atom, Names.Length))
            {
                property = new Property { Value = Values.Value.Number(Length), Flags = IsLengthReadOnly
                    ? PropertyFlags.None
                    : PropertyFlags.Writable };
                return true;
            }
        }
        return base.GetOwn(realm, key, out property);
    }

    public override void PutOwn(Realm realm, PropertyKey key, in Value value, PropertyFlags flags)
    {
        if (key is Atom { Index: not Atom.NotAnIndex } atom)
        {
            if (HasElementProperties || flags != _elementFlags)
                PutElementProperty(realm, atom, value, flags);
            else
                TryPutElement(realm, atom.Index, value);
        }
        else if (ReferenceEquals(key, Names.Length))
        {
            SetLength(realm, (uint)value.AsNumber);         // the caller has checked that it is a length
            if ((flags & PropertyFlags.Writable) == 0)
                MakeLengthReadOnly();
        }
        else
        {
            base.PutOwn(realm, key, value, flags);
        }
    }

    public void MakeLengthReadOnly() => IsLengthReadOnly = IsFrozen = true;

    /// <summary>Takes writable, configurable or both from every element that is stored here, and writable from the length.</summary>
    public void Restrict(PropertyFlags taken)
    {
        _elementFlags &= ~taken;
        IsFrozen = true;
        if ((taken & PropertyFlags.Writable) != 0)
            IsLengthReadOnly = true;
    }

    private void PutElementProperty(Realm realm, Atom index, in Value value, PropertyFlags flags)
    {
        if (!HasElementProperties)
        {
            realm.Charge(Stored);
            ToDictionaryMode(realm);
            for (var i = 0; i < Stored; i++)
            {
                if (!Elements[i].IsAbsent)
                    base.PutOwn(realm, realm.AtomOf((uint)i), Elements[i], _elementFlags);
            }
            Elements = [];
            Stored = 0;
            HasElementProperties = IsFrozen = true;
        }
        if (!_isListedByArrival && (flags != PropertyFlags.Default || index.Index >= FirstFarIndex))
        {
            _isListedByArrival = true;
            base.PutOwn(realm, Names.Length, Values.Value.Undefined, PropertyFlags.None);       // for its place alone
        }
        base.PutOwn(realm, index, value, flags);
        if (index.Index >= Length)
            Length = index.Index + 1;
    }

    /// <summary>Cuts elements off behind the last that refuses; returns the length that remains.</summary>
    private uint RemoveElementProperties(Realm realm, uint length)
    {
        var keys = new List<PropertyKey>();
        base.CollectOwnKeys(realm, keys);
        realm.Charge(2 * keys.Count);
        foreach (var key in keys)
        {
            if (key is Atom { Index: not Atom.NotAnIndex } atom && atom.Index >= length
                && base.GetOwn(realm, key, out var property) && (property.Flags & PropertyFlags.Configurable) == 0)
                length = atom.Index + 1;
        }
        foreach (var key in keys)
        {
            if (key is Atom { Index: not Atom.NotAnIndex } atom && atom.Index >= length)
                base.RemoveOwn(realm, key);
        }
        return length;
    }

    public override void RemoveOwn(Realm realm, PropertyKey key)
    {
        if (!HasElementProperties && key is Atom { Index: not Atom.NotAnIndex } atom)
        {
            if (atom.Index < (uint)Stored)
                Elements[atom.Index] = Values.Value.Absent;
            return;
        }
        base.RemoveOwn(realm, key);
    }

    /// <summary>
    /// Indexes come first, then what was added, then the length; but to the engine of 2.0 the elements of a frozen or sealed array are
    /// properties that came after what was added.
    /// </summary>
    public override void CollectOwnKeys(Realm realm, List<PropertyKey> keys)
    {
        if (_isListedByArrival)
        {
            base.CollectOwnKeys(realm, keys);
            return;
        }
        var first = keys.Count;
        var areProperties = _elementFlags != PropertyFlags.Default && realm.Runtime == Runtime.CloudFrontJs20;
        if (areProperties)
            CollectOwnKeysInOrderOfArrival(realm, keys);
        realm.Charge(Stored);
        for (var i = 0; i < Stored; i++)
        {
            if (!Elements[i].IsAbsent)
                keys.Add(realm.AtomOf((uint)i));
        }
        if (!areProperties && HasElementProperties)
            CollectElementProperties(realm, keys);
        else if (!areProperties)
            base.CollectOwnKeys(realm, keys);
        keys.Add(Names.Length);
        if (areProperties)
            PropertyTree.Arrange(realm, keys, first);
    }

    /// <summary>
    /// What lies among the properties only here, because it lies far apart: the elements by their indexes, then the others.
    /// </summary>
    private void CollectElementProperties(Realm realm, List<PropertyKey> keys)
    {
        var properties = realm.RentKeyList();
        base.CollectOwnKeys(realm, properties);
        var first = keys.Count;
        realm.Charge(Price.ElementName * properties.Count);
        foreach (var key in properties)
        {
            if (key is Atom { Index: not Atom.NotAnIndex })
                keys.Add(key);
        }
        keys.Sort(first, keys.Count - first, ByIndex);
        foreach (var key in properties)
        {
            if (key is not Atom { Index: not Atom.NotAnIndex })
                keys.Add(key);
        }
        realm.ReturnKeyList(properties);
    }

    private static readonly IComparer<PropertyKey> ByIndex =
        Comparer<PropertyKey>.Create((left, right) => ((Atom)left).Index.CompareTo(((Atom)right).Index));
}
