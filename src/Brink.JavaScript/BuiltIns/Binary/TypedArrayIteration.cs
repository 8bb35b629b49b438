using Brink.JavaScript.BuiltIns.Iterators;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Binary;

/// <summary>
/// What runtime 2.0 adds to typed arrays: from, of, iterators, and the methods that search or call back (functions spec 5.3).
/// </summary>
internal static class TypedArrayIteration
{
    public static void Build(IntrinsicsBuilder builder, JsObject parent, JsObject shared)
    {
        builder.Method(parent, "of", 0, Of);
        builder.Method(parent, "from", 1, From);
        builder.Method(shared, "entries", 0,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) => Iterate(realm, thisValue, IterationKind.Entries));
        builder.Method(shared, "every", 1, Every);
        builder.Method(shared, "filter", 1, Filter);
        builder.Method(shared, "find", 1, Find);
        builder.Method(shared, "findIndex", 1, FindIndex);
        builder.Method(shared, "forEach", 1, ForEach);
        builder.Method(shared, "includes", 1, Includes);
        builder.Method(shared, "indexOf", 1, IndexOf);
        builder.Method(shared, "keys", 0,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) => Iterate(realm, thisValue, IterationKind.Keys));
        builder.Method(shared, "lastIndexOf", 1, LastIndexOf);
        builder.Method(shared, "map", 1, Map);
        builder.Method(shared, "reduce", 1, Reduce);
        builder.Method(shared, "reduceRight", 1, ReduceRight);
        builder.Method(shared, "reverse", 0, Reverse);
        builder.Method(shared, "some", 1, Some);
        builder.Method(shared, "values", 0, Values);
        builder.Method(shared, Symbol.Iterator, "[Symbol.iterator]", 0, Values);
    }

    private static Value Values(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Iterate(realm, thisValue, IterationKind.Values);

    private static Value Iterate(Realm realm, in Value thisValue, IterationKind kind) =>
        thisValue.Reference is JsTypedArray array ? ArrayIterator.New(realm, array, kind) : TypedArrayBuiltIns.NotOne(realm);

    // ---------------------------------------------------------------- making

    private static Value From(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!IsConstructor(realm, thisValue))
            return Value.Threw;
        var mapper = arguments.At(1);
        if (!mapper.IsUndefined && !mapper.IsCallable)
            return realm.ThrowTypeError("\"mapfn\" argument is not callable");
        if (realm.ToObject(arguments.At(0)) is not { } source || !TypedArrayBuiltIns.LengthOf(realm, source, out var count))
            return Value.Threw;
        if (!TypedArraySpecies.Construct(realm, thisValue, count, out var array))
            return Value.Threw;
        if (mapper.IsUndefined)
            return TypedArrayBuiltIns.CopyElements(realm, source, array, 0, (int)count) ? Value.Object(array) : Value.Threw;
        for (var i = 0; i < (int)count; i++)
        {
            realm.Charge(1);
            var element = ArrayLike.Get(realm, source, i);
            if (element.IsThrew)
                return Value.Threw;
            var mapped = realm.Call(mapper, arguments.At(2), [element, Value.Number(i)]);
            if (mapped.IsThrew || !array.SetElement(realm, (uint)i, mapped))
                return Value.Threw;
        }
        return Value.Object(array);
    }

    private static bool IsConstructor(Realm realm, in Value value)
    {
        if (value.IsCallable && ((JsFunction)value.AsObject).IsConstructor)
            return true;
        realm.ThrowTypeError($"{Realm.DescribeType(value)} is not a constructor");
        return false;
    }

    private static Value Of(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!IsConstructor(realm, thisValue))
            return Value.Threw;
        if (!TypedArraySpecies.Construct(realm, thisValue, arguments.Length, out var array))
            return Value.Threw;
        realm.Charge(arguments.Length);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (!array.SetElement(realm, (uint)i, arguments[i]))
                return Value.Threw;
        }
        return Value.Object(array);
    }

    // ---------------------------------------------------------------- calling back

    /// <summary>This and the callback of a method that has one; false if it threw.</summary>
    private static bool Begin(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, out JsTypedArray array)
    {
        array = (thisValue.Reference as JsTypedArray)!;
        if (array is null)
            TypedArrayBuiltIns.NotOne(realm);
        else if (!arguments.At(0).IsCallable)
            realm.ThrowTypeError("callback argument is not callable");
        else
            return true;
        return false;
    }

    /// <summary>callback.call(thisArgument, element, index, array)</summary>
    private static Value CallBack(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, in Value element, int index)
    {
        realm.Charge(1);
        return realm.Call(arguments[0], arguments.At(1), [element, Value.Number(index), thisValue]);
    }

    /// <summary>The first place whose callback gives what is asked for, or -1; false if it threw.</summary>
    private static bool Search(
        Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, bool wanted, out int place, out Value element)
    {
        (place, element) = (-1, Value.Undefined);
        if (!Begin(realm, thisValue, arguments, out var array))
            return false;
        for (var i = 0; i < array.Length; i++)
        {
            var candidate = Value.Number(array.ReadAt(i));
            var answer = CallBack(realm, thisValue, arguments, candidate, i);
            if (answer.IsThrew)
                return false;
            if (Realm.ToBoolean(answer) != wanted)
                continue;
            (place, element) = (i, candidate);
            return true;
        }
        return true;
    }

    private static Value Every(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Search(realm, thisValue, arguments, wanted: false, out var place, out _) ? Value.Boolean(place < 0) : Value.Threw;

    private static Value Some(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Search(realm, thisValue, arguments, wanted: true, out var place, out _) ? Value.Boolean(place >= 0) : Value.Threw;

    private static Value Find(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Search(realm, thisValue, arguments, wanted: true, out _, out var element) ? element : Value.Threw;

    private static Value FindIndex(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Search(realm, thisValue, arguments, wanted: true, out var place, out _) ? Value.Number(place) : Value.Threw;

    private static Value ForEach(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!Begin(realm, thisValue, arguments, out var array))
            return Value.Threw;
        for (var i = 0; i < array.Length; i++)
        {
            if (CallBack(realm, thisValue, arguments, Value.Number(array.ReadAt(i)), i).IsThrew)
                return Value.Threw;
        }
        return Value.Undefined;
    }

    private static Value Map(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!Begin(realm, thisValue, arguments, out var array))
            return Value.Threw;
        if (!TypedArraySpecies.Create(realm, array, array.Length, out var mapped))
            return Value.Threw;
        for (var i = 0; i < array.Length; i++)
        {
            var answer = CallBack(realm, thisValue, arguments, Value.Number(array.ReadAt(i)), i);
            if (answer.IsThrew || !mapped.SetElement(realm, (uint)i, answer))
                return Value.Threw;
        }
        return Value.Object(mapped);
    }

    private static Value Filter(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!Begin(realm, thisValue, arguments, out var array))
            return Value.Threw;
        realm.Allocate((long)array.Length * sizeof(double));
        realm.Charge(array.Length / (Price.ClearedBytes / sizeof(double)));
        var kept = new double[array.Length];
        var count = 0;
        for (var i = 0; i < array.Length; i++)
        {
            var number = array.ReadAt(i);
            var answer = CallBack(realm, thisValue, arguments, Value.Number(number), i);
            if (answer.IsThrew)
                return Value.Threw;
            if (Realm.ToBoolean(answer))
                kept[count++] = number;
        }
        if (!TypedArraySpecies.Create(realm, array, count, out var filtered))
            return Value.Threw;
        realm.Charge(count);
        for (var i = 0; i < count; i++)
            filtered.WriteAt(i, kept[i]);
        return Value.Object(filtered);
    }

    private static Value Reduce(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Fold(realm, thisValue, arguments, first: 0, step: 1);

    private static Value ReduceRight(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Fold(realm, thisValue, arguments, first: -1, step: -1);

    private static Value Fold(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, int first, int step)
    {
        if (!Begin(realm, thisValue, arguments, out var array))
            return Value.Threw;
        var at = first < 0 ? array.Length - 1 : 0;
        Value result;
        if (arguments.Length > 1)
        {
            result = arguments[1];
        }
        else if (array.Length == 0)
        {
            return realm.ThrowTypeError("Reduce of empty object with no initial value");
        }
        else
        {
            result = Value.Number(array.ReadAt(at));
            at += step;
        }
        for (; (uint)at < (uint)array.Length; at += step)
        {
            realm.Charge(1);
            result = realm.Call(arguments[0], Value.Undefined, [result, Value.Number(array.ReadAt(at)), Value.Number(at), thisValue]);
            if (result.IsThrew)
                return Value.Threw;
        }
        return result;
    }

    // ---------------------------------------------------------------- searching for a number

    private static int ElementsForStep(JsTypedArray array) => array.ElementSize == 1 ? Price.MovedElements : Price.SwappedElements;

    private static Value IndexOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsTypedArray array)
            return TypedArrayBuiltIns.NotOne(realm);
        if (!realm.ToRelativeIndex(arguments.At(1), array.Length, 0, out var start))
            return Value.Threw;
        if (!arguments.At(0).IsNumber)
            return Value.Number(-1);
        var sought = arguments[0].AsNumber;
        realm.Charge((array.Length - start) / ElementsForStep(array));
        for (var i = start; i < array.Length; i++)
        {
            if (array.ReadAt(i) == sought)
                return Value.Number(i);
        }
        return Value.Number(-1);
    }

    private static Value LastIndexOf(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsTypedArray array)
            return TypedArrayBuiltIns.NotOne(realm);
        var start = array.Length - 1.0;
        if (arguments.Length > 1)
        {
            if (!realm.ToInteger(arguments[1], out start))
                return Value.Threw;
            start = start < 0 ? start + array.Length : Math.Min(start, array.Length - 1);
        }
        if (!arguments.At(0).IsNumber)
            return Value.Number(-1);
        var sought = arguments[0].AsNumber;
        realm.Charge((int)Math.Max(0, start) / ElementsForStep(array));
        for (var i = (int)Math.Max(-1, start); i >= 0; i--)
        {
            if (array.ReadAt(i) == sought)
                return Value.Number(i);
        }
        return Value.Number(-1);
    }

    private static Value Includes(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsTypedArray array)
            return TypedArrayBuiltIns.NotOne(realm);
        if (!realm.ToRelativeIndex(arguments.At(1), array.Length, 0, out var start))
            return Value.Threw;
        if (!arguments.At(0).IsNumber)
            return Value.False;
        var sought = arguments[0].AsNumber;
        realm.Charge((array.Length - start) / ElementsForStep(array));
        for (var i = start; i < array.Length; i++)
        {
            // NaN is found here, unlike in indexOf; the two zeros are the same in both.
            var number = array.ReadAt(i);
            if (number == sought || (double.IsNaN(number) && double.IsNaN(sought)))
                return Value.True;
        }
        return Value.False;
    }

    private static Value Reverse(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsTypedArray array)
            return TypedArrayBuiltIns.NotOne(realm);
        realm.Charge(array.Length / Price.SwappedElements);
        for (int left = 0, right = array.Length - 1; left < right; left++, right--)
        {
            var number = array.ReadAt(left);
            array.WriteAt(left, array.ReadAt(right));
            array.WriteAt(right, number);
        }
        return thisValue;
    }
}
