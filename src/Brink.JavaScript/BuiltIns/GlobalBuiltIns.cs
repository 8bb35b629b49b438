using Brink.JavaScript.Execution;
using Brink.JavaScript.Syntax;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

/// <summary>The global object's own names, and <c>require</c>.</summary>
internal static class GlobalBuiltIns
{
    public static void Build(IntrinsicsBuilder b)
    {
        var global = b.Intrinsics.Global;
        IntrinsicsBuilder.Constant(global, "undefined", Value.Undefined);
        IntrinsicsBuilder.Constant(global, "NaN", Value.NaN);
        IntrinsicsBuilder.Constant(global, "Infinity", Value.Number(double.PositiveInfinity));
        b.Global("globalThis", Value.Object(global));
        if (b.Is20 || Dialect.GlobalIsInBothRuntimes)
            IntrinsicsBuilder.Put(global, Names.Table.Intern("global"), Value.Object(global), PropertyFlags.Default);
        IntrinsicsBuilder.Put(global, Symbol.ToStringTag, TextFacts.Permanent("global"), PropertyFlags.Configurable);

        // functions spec 5.6: no dynamic code
        b.Global("eval", Value.Object(b.Function("eval", 1,
            static (Realm realm, in Value _, ReadOnlySpan<Value> _) => realm.Throw(ErrorType.InternalError, "Not implemented"))));
    }

    public static void BuildRequire(IntrinsicsBuilder b) => b.Global("require", Value.Object(b.Function("require", 1, Require)));

    private static Value Require(Realm realm, in Value thisValue, ReadOnlySpan<Value> arguments)
    {
        if (arguments.Length == 0)
            return realm.ThrowTypeError("missing path");
        var name = realm.ToText(arguments[0]);
        return name.IsThrew ? name : realm.ModuleObject(name.ToDotNetString(), isRequired: true);
    }
}
