using Brink.JavaScript.BuiltIns.Arrays;
using Brink.JavaScript.BuiltIns.Json;
using Brink.JavaScript.BuiltIns.Numbers;
using Brink.JavaScript.BuiltIns.Objects;
using Brink.JavaScript.BuiltIns.Texts;
using Brink.JavaScript.Execution;
using Brink.JavaScript.Hosting;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns;

internal sealed partial class IntrinsicsBuilder
{
    partial void BuildObjects()
    {
        ObjectBuiltIns.Build(this);
        FunctionBuiltIns.Build(this);
        ArrayBuiltIns.Build(this);
        ErrorBuiltIns.Build(this);
        BooleanBuiltIns.Build(this);
        SymbolBuiltIns.Build(this);
        BuildJson();
        BuildGlobalNames();
    }

    private void BuildJson()
    {
        var json = Object(@class: ObjectClass.Json);
        Method(json, "parse", 2, JsonParse.Parse);
        Method(json, "stringify", 3, JsonStringify.Stringify);
        Put(json, Symbol.ToStringTag, TextFacts.Permanent("JSON"), PropertyFlags.Configurable);
        Global("JSON", Value.Object(json));
    }

    private void BuildGlobalNames()
    {
        var global = Intrinsics.Global;
        Constant(global, "undefined", Value.Undefined);
        Constant(global, "NaN", Value.NaN);
        Constant(global, "Infinity", Value.Number(double.PositiveInfinity));
        Global("globalThis", Value.Object(global));
        if (Is20)
            Put(global, Names.Table.Intern("global"), Value.Object(global), PropertyFlags.Default);
        Put(global, Symbol.ToStringTag, TextFacts.Permanent("global"), PropertyFlags.Configurable);

        // functions spec 5.6: no dynamic code
        Global("eval", Value.Object(Function("eval", 1,
            static (Realm realm, in Value _, ReadOnlySpan<Value> _) => realm.Throw(ErrorType.InternalError, "Not implemented"))));
    }
}
