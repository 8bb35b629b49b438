using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>What bind gives.</summary>
internal sealed class BoundFunction(JsFunction target, Value boundThis, Value[] boundArguments, Shape shape, JsObject? prototype) : JsFunction(shape, prototype)
{
    /// <summary>The function behind it: instanceof asks that one.</summary>
    public JsFunction Target => target;

    public override bool IsConstructor => target.IsConstructor;

    public override Value Call(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.Call(Values.Value.Object(target), boundThis, All(realm, arguments));

    public override Value Construct(Realm realm, ReadOnlySpan<Value> arguments) => realm.Construct(Values.Value.Object(target), All(realm, arguments));

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
