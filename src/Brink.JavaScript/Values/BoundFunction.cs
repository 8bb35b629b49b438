using Brink.JavaScript.Execution;

namespace Brink.JavaScript.Values;

/// <summary>
/// What bind gives. The target is never bound itself (<see cref="Of"/>), so that a long chain of bind is no deep chain of calls.
/// </summary>
internal sealed class BoundFunction(JsFunction target, Value boundThis, Value[] boundArguments, Shape shape, JsObject? prototype)
    : JsFunction(shape, prototype)
{
    /// <summary>Binds; charged by the number of arguments, those of an earlier bind included.</summary>
    public static BoundFunction Of(Realm realm, JsFunction target, in Value boundThis, ReadOnlySpan<Value> arguments)
    {
        var prototype = realm.StorageOf(target).Prototype;
        var inner = target as BoundFunction;
        var all = inner is null ? arguments : inner.All(realm, arguments);
        realm.Charge(1 + all.Length);
        realm.Allocate(MemoryCost.Function + (long)MemoryCost.Value * all.Length);
        return inner is null
            ? new BoundFunction(target, boundThis, all.ToArray(), realm.EmptyShape, prototype)
            : new BoundFunction(inner.Target, inner.BoundThis, all.ToArray(), realm.EmptyShape, prototype);
    }

    /// <summary>What it calls: never bound itself.</summary>
    public JsFunction Target => target;

    private Value BoundThis => boundThis;

    public override bool IsConstructor => target.IsConstructor;

    public override Value Call(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.Call(Values.Value.Object(target), boundThis, All(realm, arguments));

    public override Value Construct(Realm realm, ReadOnlySpan<Value> arguments) =>
        realm.Construct(Values.Value.Object(target), All(realm, arguments));

    private ReadOnlySpan<Value> All(Realm realm, ReadOnlySpan<Value> arguments)
    {
        if (boundArguments.Length == 0)
            return arguments;
        if (arguments.Length == 0)
            return boundArguments;
        realm.Charge(boundArguments.Length + arguments.Length);
        realm.Allocate((long)MemoryCost.Value * (boundArguments.Length + arguments.Length));
        return (Value[])[.. boundArguments, .. arguments];
    }
}
