using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>What a constructor of the script made in a promise's place, and the functions that settle it (ECMAScript 27.2.1.1).</summary>
internal sealed class PromiseCapability
{
    private Value _resolve = Value.Undefined, _reject = Value.Undefined;

    private PromiseCapability() { }

    /// <summary>What stands for the promise; any object.</summary>
    public Value Promise { get; private set; }

    /// <summary>Calls a constructor with an executor; null if it threw. An object that is no function names its own.</summary>
    public static PromiseCapability? Create(Realm realm, in Value constructor)
    {
        var function = constructor.IsCallable ? constructor : realm.Get(constructor, Names.Constructor);
        if (function.IsThrew)
            return null;
        if (!function.IsCallable)
        {
            realm.ThrowTypeError("the object does not contain a constructor");
            return null;
        }
        realm.Charge(2 * Price.ObjectMade);
        realm.Allocate(MemoryCost.Object + MemoryCost.Function);
        var capability = new PromiseCapability();
        var made = Species.Make(
            realm, function, [Value.Object(new CapabilityExecutor(capability, realm.EmptyShape, realm.Intrinsics.FunctionPrototype))]);
        if (made.IsThrew)
            return null;
        capability.Promise = made;
        if (capability._resolve.IsCallable && capability._reject.IsCallable)
            return capability;
        realm.ThrowTypeError(
            capability._resolve.IsCallable ? "capability reject slot is not callable" : "capability resolve slot is not callable");
        return null;
    }

    /// <summary>Fulfils it, as the script sees to it; what stands for the promise, or the threw marker.</summary>
    public Value Resolve(Realm realm, in Value value) => Settle(realm, _resolve, value);

    /// <summary>Rejects it, as the script sees to it; what stands for the promise, or the threw marker.</summary>
    public Value Reject(Realm realm, in Value reason) => Settle(realm, _reject, reason);

    private Value Settle(Realm realm, in Value function, in Value value) =>
        realm.Call(function, Value.Undefined, [value]).IsThrew ? Value.Threw : Promise;

    private Value Take(Realm realm, in Value resolve, in Value reject)
    {
        if (!_resolve.IsUndefined)
            return realm.ThrowTypeError("capability resolve slot is not undefined");
        if (!_reject.IsUndefined)
            return realm.ThrowTypeError("capability reject slot is not undefined");
        (_resolve, _reject) = (resolve, reject);
        return Value.Undefined;
    }

    /// <summary>What the constructor hands its two functions to.</summary>
    private sealed class CapabilityExecutor(PromiseCapability capability, Shape shape, JsObject prototype) : JsFunction(shape, prototype)
    {
        public override Value Call(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
            capability.Take(realm, arguments.At(0), arguments.At(1));

        public override bool GetOwn(Realm realm, PropertyKey key, out Property property)
        {
            if (base.GetOwn(realm, key, out property))
                return true;
            if (!ReferenceEquals(key, Names.Length) && !ReferenceEquals(key, Names.Name))
                return false;
            property = new Property { Value = ReferenceEquals(key, Names.Length)
                ? Value.Number(2)
                : Realm.EmptyText, Flags = PropertyFlags.Configurable };
            return true;
        }
    }
}
