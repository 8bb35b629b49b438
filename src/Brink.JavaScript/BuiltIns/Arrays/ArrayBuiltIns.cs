using Brink.JavaScript.BuiltIns.Iterators;
using Brink.JavaScript.BuiltIns.Objects;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Arrays;

/// <summary>
/// Array and what Array.prototype does without calling back. Every method works on anything with a length; arrays that are plain
/// (<see cref="ArrayLike.IsPlain"/>) have their elements moved as a block.
/// </summary>
internal static class ArrayBuiltIns
{

    private const double MaxSafeInteger = 9007199254740991;

    public static void Build(IntrinsicsBuilder b)
    {
        var prototype = b.Intrinsics.ArrayPrototype;
        var constructor = b.Constructor("Array", 1, Construct, Construct, prototype);
        if (b.Is20)
            b.Method(constructor, "from", 1, ArrayCallbacks.From);
        b.Method(constructor, "isArray", 1,
            static (Realm _, in Value _, ReadOnlySpan<Value> arguments) =>
                Value.Boolean(arguments.At(0).IsObject && arguments[0].AsObject.Class == ObjectClass.Array));
        b.Method(constructor, "of", 0, Of);

        IntrinsicsBuilder.Put(prototype, Names.Length, Value.Number(0), PropertyFlags.Writable);
        b.Method(prototype, "concat", 1, Concat);
        b.Method(prototype, "copyWithin", 2, CopyWithin);
        b.Method(prototype, "fill", 1, Fill);
        b.Method(prototype, "includes", 1, Includes);
        b.Method(prototype, "indexOf", 1, IndexOf);
        b.Method(prototype, "join", 1, ArrayJoin.Join);
        b.Method(prototype, "lastIndexOf", 1, LastIndexOf);
        b.Method(prototype, "pop", 0, Pop);
        b.Method(prototype, "push", 1, Push);
        b.Method(prototype, "reverse", 0, Reverse);
        b.Method(prototype, "shift", 0, Shift);
        b.Method(prototype, "slice", 2, Slice);
        b.Method(prototype, "sort", 1, ArraySort.Sort);
        b.Method(prototype, "splice", 2, Splice);
        b.Method(prototype, "toString", 0, ToText);
        b.Method(prototype, "unshift", 1, Unshift);
        ArrayCallbacks.Build(b, prototype);
        if (!b.Is20)
            return;
        b.Method(prototype, "entries", 0,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) => Iterate(realm, thisValue, IterationKind.Entries));
        b.Method(prototype, "keys", 0,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) => Iterate(realm, thisValue, IterationKind.Keys));
        b.Method(prototype, "values", 0, Values);
        b.Method(prototype, Symbol.Iterator, "[Symbol.iterator]", 0, Values);
        ArrayIterator.Build(b);
    }

    private static Value Values(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Iterate(realm, thisValue, IterationKind.Values);

    private static Value Iterate(Realm realm, in Value thisValue, IterationKind kind) =>
        realm.ToObject(thisValue) is { } target ? ArrayIterator.New(realm, target, kind) : Value.Threw;

    private static Value Construct(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length != 1 || !arguments[0].IsNumber)
            return Of(realm, thisValue, arguments);
        var length = arguments[0].AsNumber;
        if (length != (uint)length)
            return realm.ThrowRangeError("Invalid array length");
        var array = realm.NewArray();
        array.Length = (uint)length;
        return Value.Object(array);
    }

    private static Value Of(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var array = realm.NewArray(arguments.Length);
        realm.Charge(arguments.Length / Price.MovedElements);
        arguments.CopyTo(array.Elements);
        array.Stored = arguments.Length;
        array.Length = (uint)arguments.Length;
        return Value.Object(array);
    }

    // ---------------------------------------------------------------- ends

    private static Value Push(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.IsObject && thisValue.AsObject is JsArray array && ArrayLike.IsPlain(realm, array))
        {
            realm.Charge(arguments.Length);
            foreach (ref readonly var argument in arguments)
                array.Push(realm, argument);
            return Value.Number(array.Length);
        }
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null)
            return Value.Threw;
        if (length + arguments.Length > MaxSafeInteger)
            return realm.ThrowTypeError("Invalid length");
        foreach (ref readonly var argument in arguments)
        {
            realm.Charge(1);
            if (!ArrayLike.Set(realm, target, length++, argument))
                return Value.Threw;
        }
        return ArrayLike.SetLength(realm, target, length) ? Value.Number(length) : Value.Threw;
    }

    private static Value Pop(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.IsObject && thisValue.AsObject is JsArray { Stored: > 0 } array && ArrayLike.IsPlain(realm, array))
        {
            ref var place = ref array.Elements[--array.Stored];
            array.Length--;
            var last = place.IsAbsent ? Value.Undefined : place;
            place = default;
            return last;
        }
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null)
            return Value.Threw;
        if (length == 0)
            return ArrayLike.SetLength(realm, target, 0) ? Value.Undefined : Value.Threw;
        var value = ArrayLike.Get(realm, target, length - 1);
        return !value.IsThrew && ArrayLike.Delete(realm, target, length - 1) && ArrayLike.SetLength(realm, target, length - 1)
            ? value
            : Value.Threw;
    }

    private static Value Shift(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.IsObject && thisValue.AsObject is JsArray { Stored: > 0 } array && ArrayLike.IsPlain(realm, array))
        {
            var first = array.Elements[0].IsAbsent ? Value.Undefined : array.Elements[0];
            ReplaceBlock(realm, array, 0, 1, []);
            return first;
        }
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null)
            return Value.Threw;
        if (length == 0)
            return ArrayLike.SetLength(realm, target, 0) ? Value.Undefined : Value.Threw;
        var value = ArrayLike.Get(realm, target, 0);
        return !value.IsThrew && Move(realm, target, 1, 0, length - 1) && ArrayLike.Delete(realm, target, length - 1)
            && ArrayLike.SetLength(realm, target, length - 1) ? value : Value.Threw;
    }

    private static Value Unshift(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.IsObject && thisValue.AsObject is JsArray array && ArrayLike.IsPlain(realm, array))
        {
            ReplaceBlock(realm, array, 0, 0, arguments);
            return Value.Number(array.Length);
        }
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null)
            return Value.Threw;
        if (length + arguments.Length > MaxSafeInteger)
            return realm.ThrowTypeError("Invalid length");
        if (arguments.Length > 0 && !Move(realm, target, 0, arguments.Length, length))
            return Value.Threw;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!ArrayLike.Set(realm, target, i, arguments[i]))
                return Value.Threw;
        }
        return ArrayLike.SetLength(realm, target, length + arguments.Length) ? Value.Number(length + arguments.Length) : Value.Threw;
    }

    // ---------------------------------------------------------------- parts

    private static Value Slice(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var source = ArrayLike.From(realm, thisValue, out var length);
        if (source is null || !ArrayLike.ToIndex(realm, arguments.At(0), length, 0, out var start)
            || !ArrayLike.ToIndex(realm, arguments.At(1), length, length, out var end))
            return Value.Threw;
        return CopyOut(realm, source, start, Math.Max(0, end - start));
    }

    private static Value Splice(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null || !ArrayLike.ToIndex(realm, arguments.At(0), length, 0, out var start))
            return Value.Threw;
        var count = arguments.Length == 0 ? 0.0 : length - start;
        if (arguments.Length > 1 && !realm.ToInteger(arguments[1], out count))
            return Value.Threw;
        var deleted = (long)Math.Clamp(count, 0, length - start);
        var inserted = arguments.Length > 2 ? arguments[2..] : [];
        if (length - deleted + inserted.Length > MaxSafeInteger)
            return realm.ThrowTypeError("Invalid length");

        var removed = CopyOut(realm, target, start, deleted);
        if (removed.IsThrew)
            return Value.Threw;
        // conversions of the arguments may have changed the array: it is asked again
        if (target is JsArray array && ArrayLike.IsPlain(realm, array) && array.Stored == length)
        {
            ReplaceBlock(realm, array, (int)start, (int)deleted, inserted);
            return removed;
        }
        if (inserted.Length != deleted && !Move(realm, target, start + deleted, start + inserted.Length, length - start - deleted))
            return Value.Threw;
        for (var i = length; i > length - deleted + inserted.Length; i--)
        {
            realm.Charge(1);
            if (!ArrayLike.Delete(realm, target, i - 1))
                return Value.Threw;
        }
        for (var i = 0; i < inserted.Length; i++)
        {
            realm.Charge(1);
            if (!ArrayLike.Set(realm, target, start + i, inserted[i]))
                return Value.Threw;
        }
        return ArrayLike.SetLength(realm, target, length - deleted + inserted.Length) ? removed : Value.Threw;
    }

    private static Value Concat(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var first = realm.ToObject(thisValue);
        if (first is null)
            return Value.Threw;
        realm.Charge(Price.ObjectMade);
        var result = realm.NewArray();
        if (!Append(realm, result, Value.Object(first)))
            return Value.Threw;
        foreach (ref readonly var argument in arguments)
        {
            if (!Append(realm, result, argument))
                return Value.Threw;
        }
        return Value.Object(result);
    }

    /// <summary>Appends an argument of concat, spread if it is an array or says so. False if it threw.</summary>
    private static bool Append(Realm realm, JsArray result, in Value argument)
    {
        realm.Charge(1);
        if (!argument.IsObject)
        {
            result.Push(realm, argument);
            return true;
        }
        realm.Charge(2);
        var source = argument.AsObject;
        var spreadable = realm.Get(source, Symbol.IsConcatSpreadable);
        if (spreadable.IsThrew)
            return false;
        if (!(spreadable.IsUndefined ? source.Class == ObjectClass.Array : Realm.ToBoolean(spreadable)))
        {
            result.Push(realm, argument);
            return true;
        }
        if (!ArrayLike.TryGetLength(realm, source, out var length))
            return false;
        if (result.Length + length >= uint.MaxValue)
        {
            realm.ThrowTypeError("Invalid length");
            return false;
        }
        if (source is JsArray array && ArrayLike.IsPlain(realm, array) && ArrayLike.IsPlain(realm, result))
        {
            realm.Charge(array.Stored / Price.MovedElements);
            result.Reserve(realm, result.Stored + array.Stored);
            array.AsSpan().CopyTo(result.Elements.AsSpan(result.Stored));
            result.Stored += array.Stored;
            result.Length += (uint)array.Stored;
            return true;
        }
        var start = result.Length;
        for (long i = 0; i < length; i++)
        {
            realm.Charge(1);
            var element = ArrayLike.GetOrAbsent(realm, source, i);
            if (element.IsThrew)
                return false;
            if (!element.IsAbsent)
                result.TryPutElement(realm, (uint)(start + i), element);
        }
        result.Length = (uint)(start + length);
        return true;
    }

    /// <summary>A new array of a part of the elements, holes included; the threw marker.</summary>
    private static Value CopyOut(Realm realm, JsObject source, long start, long count)
    {
        if (source is JsArray array && ArrayLike.IsPlain(realm, array) && start + count <= array.Stored)
        {
            realm.Charge(1 + (int)count / Price.MovedElements);
            var copy = realm.NewArray((int)count);
            array.Elements.AsSpan((int)start, (int)count).CopyTo(copy.Elements);
            copy.Stored = (int)count;
            copy.Length = (uint)count;
            return Value.Object(copy);
        }
        if (count > uint.MaxValue)
            return realm.ThrowRangeError("Invalid array length");
        realm.Charge(Price.ObjectMade);
        var result = realm.NewArray();
        for (long i = 0; i < count; i++)
        {
            realm.Charge(1);
            var element = ArrayLike.GetOrAbsent(realm, source, start + i);
            if (element.IsThrew)
                return Value.Threw;
            if (!element.IsAbsent)
                result.TryPutElement(realm, (uint)i, element);
        }
        result.Length = (uint)count;
        return Value.Object(result);
    }

    /// <summary>Replaces elements of a plain array by others.</summary>
    private static void ReplaceBlock(Realm realm, JsArray array, int start, int deleted, ReadOnlySpan<Value> inserted)
    {
        var behind = array.Stored - start - deleted;
        var stored = array.Stored - deleted + inserted.Length;
        realm.Charge(1 + (behind + inserted.Length) / Price.MovedElements);
        array.Reserve(realm, stored);
        if (deleted != inserted.Length)
            Array.Copy(array.Elements, start + deleted, array.Elements, start + inserted.Length, behind);
        inserted.CopyTo(array.Elements.AsSpan(start));
        if (stored < array.Stored)
            Array.Clear(array.Elements, stored, array.Stored - stored);
        array.Stored = stored;
        array.Length = (uint)stored;
    }

    /// <summary>Moves elements one by one, in the order that overlapping needs; holes become holes. False if it threw.</summary>
    private static bool Move(Realm realm, JsObject target, long from, long to, long count)
    {
        var backwards = from < to;
        for (long i = 0; i < count; i++)
        {
            realm.Charge(1);
            var offset = backwards ? count - 1 - i : i;
            var element = ArrayLike.GetOrAbsent(realm, target, from + offset);
            if (element.IsThrew || !ArrayLike.SetOrDelete(realm, target, to + offset, element))
                return false;
        }
        return true;
    }

    private static Value CopyWithin(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null || !ArrayLike.ToIndex(realm, arguments.At(0), length, 0, out var to)
            || !ArrayLike.ToIndex(realm, arguments.At(1), length, 0, out var from)
            || !ArrayLike.ToIndex(realm, arguments.At(2), length, length, out var end))
            return Value.Threw;
        return Move(realm, target, from, to, Math.Min(end - from, length - to)) ? Value.Object(target) : Value.Threw;
    }

    private static Value Fill(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null || !ArrayLike.ToIndex(realm, arguments.At(1), length, 0, out var start)
            || !ArrayLike.ToIndex(realm, arguments.At(2), length, length, out var end))
            return Value.Threw;
        for (var i = start; i < end; i++)
        {
            realm.Charge(1);
            if (!ArrayLike.Set(realm, target, i, arguments.At(0)))
                return Value.Threw;
        }
        return Value.Object(target);
    }

    private static Value Reverse(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null)
            return Value.Threw;
        if (target is JsArray array && ArrayLike.IsPlain(realm, array))
        {
            realm.Charge(1 + array.Stored / Price.MovedElements);
            array.AsSpan().Reverse();
            return Value.Object(array);
        }
        for (long low = 0, high = length - 1; low < high; low++, high--)
        {
            realm.Charge(2);
            var first = ArrayLike.GetOrAbsent(realm, target, low);
            var last = first.IsThrew ? first : ArrayLike.GetOrAbsent(realm, target, high);
            if (last.IsThrew)
                return Value.Threw;
            if (first.IsAbsent && last.IsAbsent)
                continue;
            if (!ArrayLike.SetOrDelete(realm, target, low, last) || !ArrayLike.SetOrDelete(realm, target, high, first))
                return Value.Threw;
        }
        return Value.Object(target);
    }

    // ---------------------------------------------------------------- looking

    private static Value IndexOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null || !ArrayLike.ToIndex(realm, arguments.At(1), length, 0, out var start))
            return Value.Threw;
        var sought = arguments.At(0);
        for (var i = start; i < length; i++)
        {
            realm.Charge(1);
            var element = ArrayLike.GetOrAbsent(realm, target, i);
            if (element.IsThrew)
                return Value.Threw;
            if (!element.IsAbsent && realm.StrictEquals(element, sought))
                return Value.Number(i);
        }
        return Value.Number(-1);
    }

    private static Value LastIndexOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null)
            return Value.Threw;
        double from = length - 1;
        if (arguments.Length > 1)
        {
            if (!realm.ToInteger(arguments[1], out var integer))
                return Value.Threw;
            from = integer < 0 ? length + integer : Math.Min(integer, from);
        }
        var sought = arguments.At(0);
        for (var i = (long)Math.Max(from, -1); i >= 0; i--)
        {
            realm.Charge(1);
            var element = ArrayLike.GetOrAbsent(realm, target, i);
            if (element.IsThrew)
                return Value.Threw;
            if (!element.IsAbsent && realm.StrictEquals(element, sought))
                return Value.Number(i);
        }
        return Value.Number(-1);
    }

    private static Value Includes(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var target = ArrayLike.From(realm, thisValue, out var length);
        if (target is null || !ArrayLike.ToIndex(realm, arguments.At(1), length, 0, out var start))
            return Value.Threw;
        var sought = arguments.At(0);
        var isNaN = sought.IsNumber && double.IsNaN(sought.AsNumber);
        for (var i = start; i < length; i++)
        {
            realm.Charge(1);
            var element = ArrayLike.Get(realm, target, i);
            if (element.IsThrew)
                return Value.Threw;
            if (isNaN ? element.IsNumber && double.IsNaN(element.AsNumber) : realm.StrictEquals(element, sought))
                return Value.True;
        }
        return Value.False;
    }

    // ---------------------------------------------------------------- text

    private static readonly Atom _join = Names.Table.Intern("join");

    /// <summary>join if there is one, else what Object.prototype.toString says.</summary>
    private static Value ToText(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var target = realm.ToObject(thisValue);
        if (target is null)
            return Value.Threw;
        var join = realm.GetFrom(target, _join, thisValue);
        if (join.IsThrew)
            return Value.Threw;
        return join.IsCallable ? realm.Call(join, Value.Object(target), []) : ObjectBuiltIns.ToTagText(realm, thisValue, []);
    }
}
