using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Objects;

/// <summary>Reading an iterable to its end, for the natives that take one.</summary>
internal static class Iteration
{
    /// <summary>
    /// Pushes everything that an iterable yields. False if it threw; a value that is not iterable throws a TypeError with
    /// <paramref name="whenNotIterable"/>.
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
        var list = iterable.IsObject && iterable.AsObject is JsArray array && IteratesAsBuilt(realm, array) ? array : null;
        if (list is not null && ArrayLike.IsPlain(realm, list))
        {
            into.Reserve(realm, into.Stored + list.Stored);
            realm.Charge(1 + list.Stored);
            for (var i = 0; i < list.Stored; i++)
                into.Push(realm, list.Elements[i].IsAbsent ? Value.Undefined : list.Elements[i]);
            return true;
        }
        if (list is not null)
        {
            for (long i = 0; i < list.Length; i++)
            {
                realm.Charge(1);
                var element = ArrayLike.Get(realm, list, i);
                if (element.IsThrew)
                    return false;
                into.Push(realm, element);
            }
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

    /// <summary>Whether iterating gives what lies in the array, and runs no code of the script.</summary>
    public static bool IsPlain(Realm realm, JsArray array) => IteratesAsBuilt(realm, array) && ArrayLike.IsPlain(realm, array);

    private static bool IteratesAsBuilt(Realm realm, JsArray array) =>
        !realm.HasPatchedIntrinsics && ReferenceEquals(array.Prototype, realm.Intrinsics.ArrayPrototype)
            && !array.GetOwn(realm, Symbol.Iterator, out _);

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
