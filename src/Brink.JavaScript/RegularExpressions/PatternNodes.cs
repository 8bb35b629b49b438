namespace Brink.JavaScript.RegularExpressions;

/// <summary>A pattern as a tree; depth is bounded by the parser, so walking it may recurse.</summary>
internal abstract class PatternNode
{
    /// <summary>What <see cref="Length"/> says when matches differ in length.</summary>
    public const int Varies = -1;

    /// <summary>It can match nothing.</summary>
    public abstract bool IsNullable { get; }

    /// <summary>The number of code points of every match, or <see cref="Varies"/>.</summary>
    public abstract int Length { get; }

    /// <summary>What can come first, when <paramref name="after"/> is what can come after it.</summary>
    public abstract Continuation Before(in Continuation after);
}

/// <summary>
/// What a matcher can meet from some place of the pattern on.
/// </summary>
/// <param name="Next">The first code point of it.</param>
/// <param name="MustConsume">
/// It cannot succeed without a code point of <paramref name="Next"/>. Otherwise it may also succeed at once, always and everywhere.
/// </param>
internal readonly record struct Continuation(CharacterHint Next, bool MustConsume)
{
    public static Continuation Anything => new(CharacterHint.All, true);

    /// <summary>The end of the pattern, of a lookaround, of an atomic group.</summary>
    public static Continuation Success => new(CharacterHint.None, false);

    public Continuation Or(in Continuation other) => new(Next.With(other.Next), MustConsume && other.MustConsume);
}

internal sealed class EmptyNode : PatternNode
{
    public override bool IsNullable => true;
    public override int Length => 0;
    public override Continuation Before(in Continuation after) => after;
}

/// <summary>One code point out of a set, or a given one.</summary>
internal sealed class CharacterNode(CharacterSet set) : PatternNode
{
    public CharacterSet Set { get; } = set;

    public override bool IsNullable => false;
    public override int Length => 1;
    public override Continuation Before(in Continuation after) => new(Set.Hint, true);
}

internal sealed class SequenceNode(List<PatternNode> items) : PatternNode
{
    public List<PatternNode> Items { get; } = items;

    public override bool IsNullable { get; } = items.TrueForAll(i => i.IsNullable);

    public override int Length { get; } = SumOf(items);

    public override Continuation Before(in Continuation after)
    {
        var result = after;
        for (var i = Items.Count - 1; i >= 0; i--)
            result = Items[i].Before(result);
        return result;
    }

    private static int SumOf(List<PatternNode> items)
    {
        long sum = 0;
        foreach (var item in items)
        {
            if (item.Length == Varies)
                return Varies;
            sum += item.Length;
        }
        return sum > int.MaxValue ? Varies : (int)sum;
    }
}

internal sealed class AlternationNode(List<PatternNode> branches) : PatternNode
{
    public List<PatternNode> Branches { get; } = branches;

    public override bool IsNullable { get; } = branches.Exists(b => b.IsNullable);

    public override int Length { get; } = branches.TrueForAll(b => b.Length == branches[0].Length) ? branches[0].Length : Varies;

    public override Continuation Before(in Continuation after)
    {
        var result = Branches[0].Before(after);
        for (var i = 1; i < Branches.Count; i++)
            result = result.Or(Branches[i].Before(after));
        return result;
    }
}

internal sealed class CaptureNode(int index, PatternNode body) : PatternNode
{
    public int Index { get; } = index;
    public PatternNode Body { get; } = body;

    public override bool IsNullable => Body.IsNullable;
    public override int Length => Body.Length;
    public override Continuation Before(in Continuation after) => Body.Before(after);
}

internal enum RepeatMode { Greedy, Lazy, Possessive }

internal sealed class RepeatNode(PatternNode body, int min, int max, RepeatMode mode) : PatternNode
{
    public const int Unlimited = int.MaxValue;

    public PatternNode Body { get; } = body;
    public int Min { get; } = min;
    public int Max { get; } = max;
    public RepeatMode Mode { get; } = mode;

    public override bool IsNullable { get; } = min == 0 || body.IsNullable;

    public override int Length { get; } = min == max && body.Length != Varies && (long)min * body.Length < int.MaxValue ? min * body.Length
        : max == 0 ? 0
        : Varies;

    public override Continuation Before(in Continuation after)
    {
        if (Max == 0)
            return after;
        var first = Body.Before(Body.IsNullable ? Continuation.Anything : after);
        return Min == 0 ? first.Or(after) : first;
    }
}

/// <summary>A group that gives nothing back once it has matched.</summary>
internal sealed class AtomicNode(PatternNode body) : PatternNode
{
    public PatternNode Body { get; } = body;

    public override bool IsNullable => Body.IsNullable;
    public override int Length => Body.Length;
    public override Continuation Before(in Continuation after) => Body.Before(Body.IsNullable ? Continuation.Anything : after);
}

/// <summary>Looks ahead or behind. Behind, every branch has one length: the matcher steps back that far and matches forwards.</summary>
internal sealed class LookNode(PatternNode body, bool isBehind, bool isNegative) : PatternNode
{
    public PatternNode Body { get; } = body;
    public bool IsBehind { get; } = isBehind;
    public bool IsNegative { get; } = isNegative;

    public override bool IsNullable => true;
    public override int Length => 0;
    public override Continuation Before(in Continuation after) => after.MustConsume ? after : Continuation.Anything;
}

internal sealed class AssertionNode(RegExpOp op) : PatternNode
{
    public RegExpOp Op { get; } = op;

    public override bool IsNullable => true;
    public override int Length => 0;

    public override Continuation Before(in Continuation after)
    {
        switch (Op)
        {
            // A run of characters that gives some back moves away from the end: it can only help before a line feed that comes later in the
            // pattern.
            case RegExpOp.End or RegExpOp.TextEnd or RegExpOp.LineEnd:
                return after == Continuation.Success && Op != RegExpOp.LineEnd
                    ? new Continuation(CharacterHint.None, true)
                    : new Continuation(new CharacterHint(1UL << '\n', 0, false), true);
            default:
                return after.MustConsume ? after : Continuation.Anything;
        }
    }
}

/// <summary>What a group matched, once more; nothing if the group did not take part.</summary>
internal sealed class BackReferenceNode(bool ignoreCase) : PatternNode
{
    /// <summary>Set when the whole pattern has been read: the group may come later.</summary>
    public int Index { get; set; }

    public bool IgnoreCase { get; } = ignoreCase;

    public override bool IsNullable => true;
    public override int Length => Varies;
    public override Continuation Before(in Continuation after) => Continuation.Anything;
}
