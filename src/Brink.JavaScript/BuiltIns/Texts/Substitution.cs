using Brink.JavaScript.Execution;
using Brink.JavaScript.RegularExpressions;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.BuiltIns.Texts;

/// <summary>What the dollar signs of a replacement can stand for.</summary>
internal interface IReplacedMatch
{
    /// <summary>With the whole match.</summary>
    int GroupCount { get; }

    /// <summary>Whether <c>$&lt;name&gt;</c> means something.</summary>
    bool HasNames { get; }

    void AppendMatch(ref TextBuilder builder);

    void AppendBefore(ref TextBuilder builder);

    void AppendAfter(ref TextBuilder builder);

    /// <summary>A group from 1 on; nothing where it took no part.</summary>
    void AppendGroup(ref TextBuilder builder, int group);

    /// <summary>False if it threw.</summary>
    bool AppendNamed(ref TextBuilder builder, scoped in TextView name);
}

/// <summary>A match as places in the text; without a program, of a text that was looked for as it is.</summary>
internal readonly ref struct FoundMatch(Realm realm, RegExpProgram? program, Value text, ReadOnlySpan<int> slots) : IReplacedMatch
{
    private readonly ReadOnlySpan<int> _slots = slots;

    public int GroupCount => program?.GroupCount ?? 1;

    public bool HasNames => program?.GroupNames.Length > 0;

    public void AppendMatch(ref TextBuilder builder) => AppendPart(ref builder, _slots[0], _slots[1]);

    public void AppendBefore(ref TextBuilder builder) => AppendPart(ref builder, 0, _slots[0]);

    public void AppendAfter(ref TextBuilder builder) => AppendPart(ref builder, _slots[1], text.Length);

    public void AppendGroup(ref TextBuilder builder, int group)
    {
        if (_slots[2 * group] >= 0)
            AppendPart(ref builder, _slots[2 * group], _slots[2 * group + 1]);
    }

    public bool AppendNamed(ref TextBuilder builder, scoped in TextView name)
    {
        realm.Charge(program!.GroupNames.Length);
        foreach (var (group, groupName) in program.GroupNames)
        {
            if (groupName.View.SequenceEqual(name))
                AppendGroup(ref builder, group);
        }
        return true;
    }

    private void AppendPart(ref TextBuilder builder, int from, int to) => builder.Append(text.View.Slice(from, to - from));
}

/// <summary>A match as the script's own <c>exec</c> gave it: texts, and an object of groups or undefined.</summary>
internal readonly ref struct GivenMatch(Realm realm, Value text, int position, ReadOnlySpan<Value> captures, Value groups) : IReplacedMatch
{
    private readonly ReadOnlySpan<Value> _captures = captures;

    public int GroupCount => _captures.Length;

    public bool HasNames => !groups.IsUndefined;

    public void AppendMatch(ref TextBuilder builder) => builder.Append(_captures[0].View);

    public void AppendBefore(ref TextBuilder builder) => builder.Append(text.View.Slice(0, position));

    public void AppendAfter(ref TextBuilder builder)
    {
        var from = Math.Min(text.Length, position + _captures[0].Length);
        builder.Append(text.View.Slice(from, text.Length - from));
    }

    public void AppendGroup(ref TextBuilder builder, int group)
    {
        if (!_captures[group].IsUndefined)
            builder.Append(_captures[group].View);
    }

    public bool AppendNamed(ref TextBuilder builder, scoped in TextView name)
    {
        realm.Charge(2);
        var key = new TextBuilder(realm, stackalloc char[64]);
        key.Append(name);
        var capture = realm.GetElement(groups, key.ToText());
        if (!capture.IsThrew && !capture.IsUndefined)
            capture = realm.ToText(capture);
        if (capture.IsThrew)
            return false;
        if (!capture.IsUndefined)
            builder.Append(capture.View);
        return true;
    }
}

/// <summary>GetSubstitution: <c>$$ $&amp; $` $' $1 $01 $&lt;name&gt;</c>; what is none of these stays as it is.</summary>
internal static class Substitution
{
    /// <summary>Appends the replacement of a match; false if it threw.</summary>
    public static bool Append<TMatch>(ref TextBuilder builder, scoped in TextView replacement, scoped in TMatch match)
        where TMatch : IReplacedMatch, allows ref struct
    {
        var dollar = new TextView("$");
        var groups = match.GroupCount;
        var at = 0;
        while (true)
        {
            var next = replacement.IndexOf(dollar, at);
            if (next < 0 || next + 1 >= replacement.Length)
            {
                builder.Append(replacement.Slice(at, replacement.Length - at));
                return true;
            }
            builder.Append(replacement.Slice(at, next - at));
            var c = replacement[next + 1];
            at = next + 2;
            switch (c)
            {
                case '$':
                    builder.Append('$');
                    continue;
                case '&':
                    match.AppendMatch(ref builder);
                    continue;
                case '`':
                    match.AppendBefore(ref builder);
                    continue;
                case '\'':
                    match.AppendAfter(ref builder);
                    continue;
                case >= '0' and <= '9':
                    {
                        var group = c - '0';
                        if (at < replacement.Length && replacement[at] is >= '0' and <= '9' && group * 10 + replacement[at] - '0' is var two
                            && two > 0 && two < groups)
                        {
                            group = two;
                            at++;
                        }
                        if (group == 0 || group >= groups)
                            break;
                        match.AppendGroup(ref builder, group);
                        continue;
                    }
                case '<' when match.HasNames:
                    {
                        var end = replacement.IndexOf(new TextView(">"), at);
                        if (end < 0)
                            break;
                        if (!match.AppendNamed(ref builder, replacement.Slice(at, end - at)))
                            return false;
                        at = end + 1;
                        continue;
                    }
            }
            builder.Append(replacement.Slice(next, at - next));
        }
    }
}
