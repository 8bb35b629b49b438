using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>Reading an iterable to its end, for the natives that take one.</summary>
internal static class Iteration
{
    /// <summary>
    /// Pushes everything that an iterable yields. False if it threw; a value that is not iterable throws a TypeError with <paramref name="whenNotIterable"/>.
    /// </summary>
    public static bool TryCollect(Realm realm, in Value iterable, JsArray into, string whenNotIterable)
    {
        if (iterable.IsString)
        {
            for (var i = 0; i < iterable.Length; i++)
            {
                realm.Charge(1);
                into.Push(realm, Realm.CharacterAt(iterable, i));
            }
            return true;
        }
        if (iterable.IsObject && iterable.AsObject is JsArray array && ArrayLike.IsPlain(realm, array))
        {
            into.Reserve(realm, into.Stored + array.Stored);
            realm.Charge(1 + array.Stored);
            for (var i = 0; i < array.Stored; i++)
                into.Push(realm, array.Elements[i].IsAbsent ? Value.Undefined : array.Elements[i]);
            return true;
        }
        var method = iterable.IsNullish ? Value.Undefined : realm.Get(iterable, Symbol.Iterator);
        if (method.IsThrew)
            return false;
        var iterator = method.IsCallable ? realm.Call(method, iterable, []) : Value.Undefined;
        if (iterator.IsThrew)
            return false;
        if (iterator.IsObject)
            return TryDrain(realm, iterator, into);
        realm.ThrowTypeError(whenNotIterable);
        return false;
    }

    private static bool TryDrain(Realm realm, in Value iterator, JsArray into)
    {
        var next = realm.Get(iterator, Names.Next);
        if (next.IsThrew)
            return false;
        while (true)
        {
            realm.Charge(1);
            var result = realm.Call(next, iterator, []);
            if (result.IsThrew)
                return false;
            if (!result.IsObject)
            {
                realm.ThrowTypeError("iterator result is not an object");
                return false;
            }
            var done = realm.Get(result, Names.Done);
            if (done.IsThrew || Realm.ToBoolean(done))
                return !done.IsThrew;
            var value = realm.Get(result, Names.Value);
            if (value.IsThrew)
                return false;
            into.Push(realm, value);
        }
    }
}
