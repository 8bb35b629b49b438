using Brink.JavaScript.BuiltIns;
using Brink.JavaScript.Compilation;
using Brink.JavaScript.RegularExpressions;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Regular expression objects.</summary>
internal sealed partial class Realm
{
    private const int RegExpCost = MemoryCost.Object + 2 * MemoryCost.Value;

    /// <summary>A new object for a program: what a literal is each time it is evaluated.</summary>
    public Value NewRegExp(RegExpProgram program, in Value source, string flags)
    {
        Allocate(RegExpCost);
        return Value.Object(new JsRegExp(program, source, flags, EmptyShape, Intrinsics.RegExpPrototype));
    }

    /// <summary>A literal is evaluated.</summary>
    public Value NewRegExp(RegExpSite site) => NewRegExp(site.Program, site.Source, site.Flags);
}
