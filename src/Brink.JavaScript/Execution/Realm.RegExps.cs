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

    // Of literals that only built-ins see: one object per place in the code and call.
    private JsRegExp?[] _keptRegExps = [];
    private int _usedKeptRegExps;
    private const int MaxKeptRegExps = 64;

    /// <summary>
    /// A literal is evaluated that only the built-in method it is written for gets to see. It costs the call what a new object costs, kept
    /// or not, so that the meter does not depend on it.
    /// </summary>
    public Value KeepRegExp(RegExpSite site, bool isForBuiltIn)
    {
        var place = site.Kept;
        if (!isForBuiltIn || HasPatchedIntrinsics || place >= MaxKeptRegExps)
            return NewRegExp(site);
        Allocate(RegExpCost);
        if (place >= _keptRegExps.Length)
            Array.Resize(ref _keptRegExps, Math.Max(8, place + 1));
        _usedKeptRegExps = Math.Max(_usedKeptRegExps, place + 1);
        var kept = _keptRegExps[place] ??= new JsRegExp(site.Program, site.Source, site.Flags, EmptyShape, Intrinsics.RegExpPrototype);
        if (!ReferenceEquals(kept.Program, site.Program))
            kept.Become(site.Program, site.Source, site.Flags, EmptyShape, Intrinsics.RegExpPrototype);
        kept.LastIndex = Value.Number(0);
        return Value.Object(kept);
    }

    public MatchStack MatchStack { get; } = new();

    /// <summary>The program that a byte string was last searched with.</summary>
    public RegExpProgram? LastForBytes { get; set; }

    private void ClearKeptRegExps()
    {
        MatchStack.Trim();
        LastForBytes = null;
        for (var i = 0; i < _usedKeptRegExps; i++)
            _keptRegExps[i]?.Forget();
        _usedKeptRegExps = 0;
    }

    /// <summary>A literal is evaluated.</summary>
    public Value NewRegExp(RegExpSite site) => NewRegExp(site.Program, site.Source, site.Flags);
}
