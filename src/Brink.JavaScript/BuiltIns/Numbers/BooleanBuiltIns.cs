using Brink.JavaScript.Execution;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Numbers;

/// <summary>Boolean and Boolean.prototype.</summary>
internal static class BooleanBuiltIns
{
    public static void Build(IntrinsicsBuilder b)
    {
        var prototype = b.Intrinsics.BooleanPrototype;
        b.Constructor("Boolean", 1,
            static (Realm _, in Value _, ReadOnlySpan<Value> arguments) => Value.Boolean(Realm.ToBoolean(arguments.At(0))),
            static (Realm realm, in Value _, ReadOnlySpan<Value> arguments) =>
                Value.Object(realm.ToObject(Value.Boolean(Realm.ToBoolean(arguments.At(0))))!),
            prototype);
        b.Method(prototype, "valueOf", 0, static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) => Primitive(realm, thisValue));
        b.Method(prototype, "toString", 0,
            static (Realm realm, in Value thisValue, ReadOnlySpan<Value> _) => realm.ToText(Primitive(realm, thisValue)));
    }

    private static Value Primitive(Realm realm, in Value value)
    {
        if (value.IsBoolean)
            return value;
        if (value.IsObject && value.AsObject is PrimitiveWrapper { Primitive.IsBoolean: true } wrapper)
            return wrapper.Primitive;
        return realm.ThrowTypeError($"unexpected value type:{(value.IsNull ? "null" : Realm.TypeOf(value).ToDotNetString())}");
    }
}
