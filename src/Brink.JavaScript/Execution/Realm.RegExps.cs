using Brink.JavaScript.Compilation;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.Execution;

/// <summary>Regular expression literals: compiled with the program, a new object each time one is evaluated.</summary>
internal sealed partial class Realm
{
    public static object? CompileRegExpLiteral(string pattern, string flags) => null;

    public Value NewRegExp(RegExpSite site)
    {
        var constructor = Get(Intrinsics.Global, AtomOf("RegExp"));
        return constructor.IsThrew ? constructor : Construct(constructor, [NewText(site.Pattern), NewText(site.Flags)]);
    }
}
