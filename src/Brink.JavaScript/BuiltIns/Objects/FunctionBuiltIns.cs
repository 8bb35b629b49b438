using Brink.JavaScript.Execution;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Objects;

/// <summary>
/// Function and Function.prototype. There is no toString of its own: a function prints as <c>[object Function]</c>, as in njs. Making
/// functions from text is refused (functions spec 5.6).
/// </summary>
internal static class FunctionBuiltIns
{
    public static void Build(IntrinsicsBuilder b)
    {
        var prototype = b.Intrinsics.FunctionPrototype;
        IntrinsicsBuilder.Put(prototype, Names.Name, Names.Empty.Value, PropertyFlags.Configurable);
        IntrinsicsBuilder.Put(prototype, Names.Length, Value.Number(0), PropertyFlags.Configurable);
        b.Constructor("Function", 1, Refuse, Refuse, prototype);
        b.Method(prototype, "call", 1, Call);
        b.Method(prototype, "apply", 2, Apply);
        b.Method(prototype, "bind", 1, Bind);
        var restricted = Value.Internal(b.Intrinsics.Restricted);
        IntrinsicsBuilder.Put(prototype, Names.Table.Intern("caller"), restricted, PropertyFlags.Configurable | PropertyFlags.Accessor);
        IntrinsicsBuilder.Put(prototype, Names.Table.Intern("arguments"), restricted, PropertyFlags.Configurable | PropertyFlags.Accessor);
    }

    /// <summary>What strict code may not ask for: who called, and the function under way.</summary>
    public static Value RefuseAccess(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.ThrowTypeError("\"caller\", \"callee\", \"arguments\" properties may not be accessed");

    private static Value Refuse(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        realm.ThrowTypeError("function constructor is disabled in \"safe\" mode");

    private static Value Call(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments) =>
        thisValue.IsCallable ? realm.Call(thisValue, arguments.At(0), arguments.Length > 1 ? arguments[1..] : []) : RefuseThis(realm);

    private static Value Apply(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsCallable)
            return RefuseThis(realm);
        var list = arguments.At(1);
        if (list.IsNullish)
            return realm.Call(thisValue, arguments.At(0), []);
        if (!list.IsObject)
            return realm.ThrowTypeError("second argument is not an array-like object");
        if (!ArrayLike.TryGetLength(realm, list.AsObject, out var length))
            return Value.Threw;
        if (length == 0)
            return realm.Call(thisValue, arguments.At(0), []);
        realm.Allocate(MemoryCost.Value * Math.Min(length, uint.MaxValue));
        realm.Charge((int)Math.Min(length, int.MaxValue));
        var passed = new Value[length];
        for (var i = 0; i < passed.Length; i++)
        {
            passed[i] = ArrayLike.Get(realm, list.AsObject, i);
            if (passed[i].IsThrew)
                return Value.Threw;
        }
        return realm.Call(thisValue, arguments.At(0), passed);
    }

    private static Value Bind(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (!thisValue.IsCallable)
            return RefuseThis(realm);
        var target = (JsFunction)thisValue.AsObject;
        var given = arguments.Length > 1 ? arguments[1..] : [];
        var length = realm.Get(target, Names.Length);
        var name = length.IsThrew ? length : realm.Get(target, Names.Name);
        if (name.IsThrew)
            return Value.Threw;
        realm.Charge(Price.ObjectMade);
        var bound = BoundFunction.Of(realm, target, arguments.At(0), given);
        var parameters = length.IsNumber ? Math.Max(0, Math.Truncate(length.AsNumber) - given.Length) : 0;
        bound.Put(realm, Names.Name, realm.Concat(realm.NewText("bound "), name.IsString ? name : Realm.EmptyText),
            PropertyFlags.Configurable);
        bound.Put(realm, Names.Length, Value.Number(parameters), PropertyFlags.Configurable);
        return Value.Object(bound);
    }

    private static Value RefuseThis(Realm realm) => realm.ThrowTypeError("\"this\" argument is not a function");
}
