using Brink.JavaScript.BuiltIns.Objects;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Arrays;

/// <summary>
/// The methods of Array.prototype that call back for each element, and Array.from. The callback may change the array at will.
/// </summary>
internal static class ArrayCallbacks
{
    private enum Visit { ForEach, Every, Some, Find, FindIndex, Filter, Map }

    public static void Build(IntrinsicsBuilder b, JsObject prototype)
    {
        b.Method(prototype, "every", 1,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Each(realm, thisValue, arguments, Visit.Every));
        b.Method(prototype, "filter", 1,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Each(realm, thisValue, arguments, Visit.Filter));
        b.Method(prototype, "find", 1,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Each(realm, thisValue, arguments, Visit.Find));
        b.Method(prototype, "findIndex", 1,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Each(realm, thisValue, arguments, Visit.FindIndex));
        b.Method(prototype, "forEach", 1,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Each(realm, thisValue, arguments, Visit.ForEach));
        b.Method(prototype, "map", 1,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Each(realm, thisValue, arguments, Visit.Map));
        b.Method(prototype, "reduce", 1,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Reduce(realm, thisValue, arguments, fromEnd: false));
        b.Method(prototype, "reduceRight", 1,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Reduce(realm, thisValue, arguments, fromEnd: true));
        b.Method(prototype, "some", 1,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) => Each(realm, thisValue, arguments, Visit.Some));
    }

    private static Value ThrowNotCallable(Realm realm) =>
        realm.ThrowTypeError(realm.Runtime == Runtime.CloudFrontJs10
            ? "unexpected iterator arguments"
            : "callback argument is not callable");

    private static Value Each(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, Visit visit)
    {
        var source = ArrayLike.From(realm, thisValue, out var length);
        if (source is null)
            return Value.Threw;
        var callback = arguments.At(0);
        if (!callback.IsCallable)
            return ThrowNotCallable(realm);
        if (visit == Visit.Map && length > uint.MaxValue)
            return realm.ThrowRangeError("Invalid array length");
        var callbackThis = arguments.At(1);
        var result = visit is Visit.Filter or Visit.Map ? realm.NewArray() : null;
        var passed = new CallbackArguments();
        passed[2] = Value.Object(source);
        for (long i = 0; i < length; i++)
        {
            realm.Charge(1);
            var element = ArrayLike.GetOrAbsent(realm, source, i);
            if (element.IsThrew)
                return Value.Threw;
            if (element.IsAbsent)
            {
                if (visit is not (Visit.Find or Visit.FindIndex))
                    continue;
                element = Value.Undefined;
            }
            passed[0] = element;
            passed[1] = Value.Number(i);
            var answer = realm.Call(callback, callbackThis, passed);
            if (answer.IsThrew)
                return Value.Threw;
            switch (visit)
            {
                case Visit.Map:
                    result!.TryPutElement(realm, (uint)i, answer);
                    break;
                case Visit.Filter when Realm.ToBoolean(answer):
                    result!.Push(realm, element);
                    break;
                case Visit.Every when !Realm.ToBoolean(answer):
                    return Value.False;
                case Visit.Some when Realm.ToBoolean(answer):
                    return Value.True;
                case Visit.Find when Realm.ToBoolean(answer):
                    return element;
                case Visit.FindIndex when Realm.ToBoolean(answer):
                    return Value.Number(i);
            }
        }
        if (visit == Visit.Map)
            result!.Length = (uint)length;
        return visit switch
        {
            Visit.Map or Visit.Filter => Value.Object(result!),
            Visit.Every => Value.True,
            Visit.Some => Value.False,
            Visit.FindIndex => Value.Number(-1),
            _ => Value.Undefined,
        };
    }

    private static Value Reduce(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments, bool fromEnd)
    {
        var source = ArrayLike.From(realm, thisValue, out var length);
        if (source is null)
            return Value.Threw;
        var callback = arguments.At(0);
        if (!callback.IsCallable)
            return ThrowNotCallable(realm);
        var accumulator = arguments.Length > 1 ? arguments[1] : Value.Absent;
        var passed = new Value[4];
        passed[3] = Value.Object(source);
        for (long i = 0; i < length; i++)
        {
            realm.Charge(1);
            var index = fromEnd ? length - 1 - i : i;
            var element = ArrayLike.GetOrAbsent(realm, source, index);
            if (element.IsThrew)
                return Value.Threw;
            if (element.IsAbsent)
                continue;
            if (accumulator.IsAbsent)
            {
                accumulator = element;
                continue;
            }
            passed[0] = accumulator;
            passed[1] = element;
            passed[2] = Value.Number(index);
            accumulator = realm.Call(callback, Value.Undefined, passed);
            if (accumulator.IsThrew)
                return Value.Threw;
        }
        return accumulator.IsAbsent ? realm.ThrowTypeError("Reduce of empty object with no initial value") : accumulator;
    }

    /// <summary>Array.from (2.0): anything with a length. No iterator is asked: an iterator itself gives an empty array.</summary>
    public static Value From(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var callback = arguments.At(1);
        if (!callback.IsUndefined && !callback.IsCallable)
            return realm.ThrowTypeError("\"mapfn\" argument is not callable");
        var items = arguments.At(0);
        var source = realm.ToObject(items);
        if (source is null)
            return Value.Threw;
        var result = realm.NewArray();
        if (items.IsString || source is JsArray list && Iteration.IsPlain(realm, list))
        {
            Iteration.TryCollect(realm, items, result, "");             // the same elements, faster
        }
        else
        {
            if (!ArrayLike.TryGetLength(realm, source, out var length))
                return Value.Threw;
            if (length > uint.MaxValue)
                return realm.ThrowRangeError("Invalid array length");
            for (long i = 0; i < length; i++)
            {
                realm.Charge(1);
                var element = ArrayLike.Get(realm, source, i);
                if (element.IsThrew)
                    return Value.Threw;
                result.Push(realm, element);
            }
        }
        return callback.IsUndefined || Map(realm, result, callback, arguments.At(2)) ? Value.Object(result) : Value.Threw;
    }

    private static bool Map(Realm realm, JsArray array, in Value callback, in Value callbackThis)
    {
        var passed = new CallbackArguments();
        for (var i = 0; i < array.Stored; i++)
        {
            passed[0] = array.Elements[i];
            passed[1] = Value.Number(i);
            var mapped = realm.Call(callback, callbackThis, ((ReadOnlySpan<Value>)passed)[..2]);
            if (mapped.IsThrew)
                return false;
            array.Elements[i] = mapped;
        }
        return true;
    }
}
