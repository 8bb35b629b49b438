using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>Promise.</summary>
internal static class PromiseBuiltIns
{
    /// <summary>A function of Promise that was taken off it.</summary>
    private const string NoConstructor = "this value is not an object";

    public static void Build(IntrinsicsBuilder b)
    {
        Promises.Prepare();

        var prototype = b.Intrinsics.PromisePrototype;
        IntrinsicsBuilder.Put(prototype, Symbol.ToStringTag, TextFacts.Permanent("Promise"), PropertyFlags.Configurable);
        IntrinsicsBuilder.Put(
            b.Intrinsics.AsyncFunctionPrototype, Symbol.ToStringTag, TextFacts.Permanent("AsyncFunction"), PropertyFlags.Configurable);

        var constructor = b.Constructor("Promise", 1,
            (Realm realm, in Value _, ReadOnlySpan<Value> _) => realm.ThrowTypeError("the Promise constructor must be called with new"),
            NewPromise, prototype);
        b.Method(prototype, "then", 2, PromiseThen);
        b.Method(prototype, "catch", 1, PromiseCatch);
        b.Method(prototype, "finally", 1, PromiseFinally);
        b.Species(constructor);
        b.Intrinsics.Promise = constructor;
        b.Method(constructor, "resolve", 1, PromiseResolve);
        b.Method(constructor, "reject", 1, PromiseReject);
        if (b.Is20)
        {
            b.Method(constructor, "all", 1, (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
                Combine(realm, thisValue, arguments.At(0), Combinator.All));
            b.Method(constructor, "allSettled", 1, (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
                Combine(realm, thisValue, arguments.At(0), Combinator.AllSettled));
            b.Method(constructor, "any", 1, (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
                Combine(realm, thisValue, arguments.At(0), Combinator.Any));
            b.Method(constructor, "race", 1, (Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
                Combine(realm, thisValue, arguments.At(0), Combinator.Race));
        }
    }

    private static Value Made(Realm realm, JsPromise promise)
    {
        realm.Charge(Price.ObjectMade);
        return Value.Object(promise);
    }

    private static Value NewPromise(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        var executor = arguments.At(0);
        if (!executor.IsCallable)
            return realm.ThrowTypeError("unexpected arguments");
        realm.Charge(3 * Price.ObjectMade);                             // with its two functions
        var promise = Promises.New(realm);
        var (resolve, reject) = Promises.ResolvingFunctions(realm, promise);
        if (realm.Call(executor, Value.Undefined, [resolve, reject]).IsThrew)
            Promises.Run(realm, (PromiseFunction)reject.Reference!, realm.TakeException());
        return Value.Object(promise);
    }

    private static Value PromiseResolve(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsObject)
            return realm.ThrowTypeError(NoConstructor);
        realm.Charge(Price.ObjectMade);
        return Promises.Of(realm, thisValue, arguments.At(0));
    }

    private static Value PromiseReject(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsObject)
            return realm.ThrowTypeError(NoConstructor);
        if (ReferenceEquals(thisValue.Reference, realm.Intrinsics.Promise))
            return Made(realm, Promises.Rejected(realm, arguments.At(0)));
        return PromiseCapability.Create(realm, thisValue) is { } capability ? capability.Reject(realm, arguments.At(0)) : Value.Threw;
    }

    private static Value PromiseThen(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (thisValue.Reference is not JsPromise promise)
            return realm.ThrowTypeError("required a promise object");
        if (!TryFindSpecies(realm, promise, out var constructor))
            return Value.Threw;
        if (ReferenceEquals(constructor.Reference, realm.Intrinsics.Promise))
            return Made(realm, Promises.Then(realm, promise, arguments.At(0), arguments.At(1)));
        return PromiseCapability.Create(realm, constructor) is { } capability
            ? Promises.Then(realm, promise, arguments.At(0), arguments.At(1), capability)
            : Value.Threw;
    }

    /// <summary>The constructor of what then gives: Promise, unless the script chose another. False if it threw.</summary>
    private static bool TryFindSpecies(Realm realm, JsObject promise, out Value constructor)
    {
        constructor = Value.Undefined;
        if (!Species.IsBuiltIn(realm, promise, realm.Intrinsics.PromisePrototype) && !Species.TryFind(realm, promise, out constructor))
            return false;
        if (constructor.IsUndefined)
            constructor = Value.Object(realm.Intrinsics.Promise);
        return true;
    }

    private static Value PromiseCatch(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        Promises.InvokeThen(realm, thisValue, [Value.Undefined, arguments.At(0)]);

    private static Value PromiseFinally(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsObject)
            return realm.ThrowTypeError("required a object");
        if (!TryFindSpecies(realm, thisValue.AsObject, out var constructor))
            return Value.Threw;
        var onFinally = arguments.At(0);
        if (!onFinally.IsCallable)
            return Promises.InvokeThen(realm, thisValue, [onFinally, onFinally]);
        return Promises.InvokeThen(realm, thisValue,
        [
            Promises.Function(realm, PromiseFunctionKind.ThenFinally, subject: onFinally, constructor: constructor),
            Promises.Function(realm, PromiseFunctionKind.CatchFinally, subject: onFinally, constructor: constructor),
        ]);
    }

    /// <summary>all, allSettled, any and race over anything with a length and elements.</summary>
    private static Value Combine(Realm realm, in Value thisValue, in Value list, Combinator combinator)
    {
        if (!thisValue.IsObject)
            return realm.ThrowTypeError(NoConstructor);
        var promise = Promises.New(realm);
        var length = realm.Get(list, Names.Length);
        if (length.IsThrew)
        {
            Promises.Reject(realm, promise, realm.TakeException());
            return Value.Object(promise);
        }
        realm.Charge(2 * Price.CombinedElement);
        var combination = new PromiseCombination(combinator, promise, realm.NewArray());
        for (var i = 0; length.IsNumber && i < length.AsNumber; i++)
        {
            realm.Charge(Price.CombinedElement);
            var element = list.IsObject ? ArrayLike.Get(realm, list.AsObject, i) : realm.GetElement(list, Value.Number(i));
            if (element.IsThrew)
            {
                Promises.Reject(realm, promise, realm.TakeException());
                return Value.Object(promise);
            }
            Promises.Combine(realm, Promises.Of(realm, element), combination, i);
        }
        if (combinator != Combinator.Race)
            Promises.Complete(realm, combination);
        return Value.Object(promise);
    }
}
