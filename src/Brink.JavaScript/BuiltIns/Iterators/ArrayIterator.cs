using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Iterators;

internal enum IterationKind : byte { Keys, Values, Entries }

/// <summary>What iterates arrays, typed arrays and strings (2.0): one kind for all of them.</summary>
internal sealed class ArrayIterator(Realm realm, JsObject target, IterationKind kind)
    : JsObject(ObjectClass.Iterator, realm.EmptyShape, realm.Intrinsics.ArrayIteratorPrototype)
{
    private JsObject? _target = target;
    private long _next;

    public static void Build(IntrinsicsBuilder b)
    {
        var prototype = b.Intrinsics.ArrayIteratorPrototype;
        b.Method(prototype, "next", 0, Next);
        b.Method(b.Intrinsics.IteratorPrototype, Symbol.Iterator, "[Symbol.iterator]", 0,
            static (Realm _, in Value thisValue, ReadOnlySpan<Value> _) => thisValue);
        b.Method(b.Intrinsics.StringPrototype, Symbol.Iterator, "[Symbol.iterator]", 0, IterateText);
        IntrinsicsBuilder.Put(prototype, Symbol.ToStringTag, TextFacts.Permanent("Array Iterator"), PropertyFlags.Configurable);
    }

    /// <summary>The code points of a text, one a step.</summary>
    private static Value IterateText(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.IsNullish)
            return realm.ThrowTypeError("cannot convert undefined to object");
        var text = realm.ToText(thisValue);
        return !text.IsThrew && realm.ToObject(text) is { } target ? New(realm, target, IterationKind.Values) : Values.Value.Threw;
    }

    public static Value New(Realm realm, JsObject target, IterationKind kind)
    {
        realm.Allocate(MemoryCost.Object + MemoryCost.Value);
        return Values.Value.Object(new ArrayIterator(realm, target, kind));
    }

    /// <summary>The object with value and done that iterators answer with.</summary>
    public static Value Result(Realm realm, in Value value, bool done)
    {
        realm.Charge(Price.ObjectMade);
        var result = realm.NewObject();
        result.Put(realm, Names.Value, value);
        result.Put(realm, Names.Done, Values.Value.Boolean(done));
        return Values.Value.Object(result);
    }

    private static Value Next(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsObject || thisValue.AsObject is not ArrayIterator iterator)
            return realm.ThrowTypeError("Method [Array Iterator].prototype.next called on incompatible receiver");
        if (!iterator.TryMoveNext(realm, out var value))
            return Result(realm, Values.Value.Undefined, done: true);
        return value.IsThrew ? value : Result(realm, value, done: false);
    }

    /// <summary>The next value, which may be the threw marker; false at the end.</summary>
    public bool TryMoveNext(Realm realm, out Value value)
    {
        value = default;
        if (_target is null)
            return false;
        realm.Charge(1);
        if (!ArrayLike.TryGetLength(realm, _target, out var length))
        {
            value = Values.Value.Threw;
            return true;
        }
        if (_next >= length)
        {
            _target = null;
            return false;
        }
        var index = _next++;
        if (kind != IterationKind.Keys)
            value = ArrayLike.Get(realm, _target, index);
        if (kind == IterationKind.Keys)
        {
            value = Values.Value.Number(index);
        }
        else if (kind == IterationKind.Entries && !value.IsThrew)
        {
            realm.Charge(Price.ObjectMade);
            var entry = realm.NewArray(2);
            entry.Push(realm, Values.Value.Number(index));
            entry.Push(realm, value);
            value = Values.Value.Object(entry);
        }
        return true;
    }
}
