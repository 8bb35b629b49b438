using Brink.JavaScript.Values;

namespace Brink.JavaScript.RegularExpressions;

/// <summary>
/// Turns a pattern's tree into the matcher's code. Nothing is unrolled: the code is as long as the pattern, whatever its counts say.
/// </summary>
internal sealed class ProgramEmitter(PatternParser parser, RegExpFlags flags)
{
    private readonly List<int> _code = [];
    private readonly List<CharacterSet> _sets = [];
    private readonly Dictionary<CharacterSet, int> _setPlaces = [];
    private readonly List<int> _literals = [];
    private int _slots = 2 * (parser.GroupCount + 1);

    public RegExpProgram Emit(PatternNode pattern)
    {
        EmitNode(pattern, Continuation.Success);
        Add(RegExpOp.Match);

        var prefix = new List<int>();
        CollectPrefix(pattern, prefix);
        var first = pattern.Before(Continuation.Success);
        return new RegExpProgram
        {
            Code = [.. _code],
            Sets = [.. _sets],
            Literals = [.. _literals],
            GroupCount = parser.GroupCount + 1,
            SlotCount = _slots,
            GroupNames = [.. parser.Names.OrderBy(n => n.Group).Select(n => (n.Group, TextFacts.Permanent(n.Name)))],
            Flags = flags,
            Pattern = parser.Pattern,
            IsAnchored = IsAnchored(pattern),
            Prefix = [.. prefix],
            BmpPrefix = prefix.TrueForAll(c => c <= char.MaxValue) ? [.. prefix.Select(c => (char)c)] : null,
            LeadingRun = parser.HasBackReferences ? null : LeadingRun(pattern),
            First = pattern.IsNullable || !first.MustConsume ? CharacterHint.All : first.Next,
        };
    }

    private static bool IsAnchored(PatternNode node) => node switch
    {
        AssertionNode assertion => assertion.Op == RegExpOp.TextStart,
        SequenceNode { Items: [var head, ..] } => IsAnchored(head),
        AlternationNode alternation => alternation.Branches.TrueForAll(IsAnchored),
        CaptureNode capture => IsAnchored(capture.Body),
        AtomicNode atomic => IsAnchored(atomic.Body),
        _ => false,
    };

    private static CharacterSet? LeadingRun(PatternNode node) => node switch
    {
        RepeatNode { Max: RepeatNode.Unlimited, Body: CharacterNode character } => character.Set,
        SequenceNode { Items: [var head, ..] } => LeadingRun(head),
        CaptureNode capture => LeadingRun(capture.Body),
        _ => null,
    };

    /// <summary>Appends what every match must begin with; false when what follows the node is not certain any more.</summary>
    private static bool CollectPrefix(PatternNode node, List<int> prefix)
    {
        switch (node)
        {
            case CharacterNode { Set.Single: >= 0 } character:
                prefix.Add(character.Set.Single);
                return true;
            case CaptureNode capture:
                return CollectPrefix(capture.Body, prefix);
            case SequenceNode sequence:
                return sequence.Items.TrueForAll(item => CollectPrefix(item, prefix));
            case RepeatNode { Min: > 0 } repeat:
                CollectPrefix(repeat.Body, prefix);
                return false;
            case AssertionNode or LookNode:
                return true;
            default:
                return false;
        }
    }

    private void Add(RegExpOp op) => _code.Add((int)op);

    private void Add(RegExpOp op, int operand)
    {
        Add(op);
        _code.Add(operand);
    }

    private void Add(RegExpOp op, int first, int second)
    {
        Add(op, first);
        _code.Add(second);
    }

    /// <summary>Leaves room for a target; <see cref="Patch"/> fills it in.</summary>
    private int AddForward(RegExpOp op)
    {
        Add(op, 0);
        return _code.Count - 1;
    }

    private void Patch(int place) => _code[place] = _code.Count;

    private int PlaceOf(CharacterSet set)
    {
        if (_setPlaces.TryGetValue(set, out var place))
            return place;
        _sets.Add(set);
        return _setPlaces[set] = _sets.Count - 1;
    }

    private void EmitNode(PatternNode node, in Continuation after)
    {
        switch (node)
        {
            case CharacterNode { Set.Single: >= 0 } character:
                Add(RegExpOp.Character, character.Set.Single);
                break;
            case CharacterNode character:
                Add(RegExpOp.Set, PlaceOf(character.Set));
                break;
            case SequenceNode sequence:
                EmitSequence(sequence.Items, after);
                break;
            case AlternationNode alternation:
                EmitAlternation(alternation.Branches, after, isBehind: false);
                break;
            case CaptureNode capture:
                EmitCapture(capture, after);
                break;
            case RepeatNode { Max: 0 }:
                break;
            case RepeatNode { Body: CharacterNode character } repeat:
                EmitRun(repeat, character.Set, after, next: -1);
                break;
            case RepeatNode repeat:
                EmitRepeat(repeat, after);
                break;
            case AtomicNode atomic:
                EmitAtomic(atomic.Body);
                break;
            case LookNode look:
                EmitLook(look);
                break;
            case AssertionNode assertion:
                Add(assertion.Op);
                break;
            case BackReferenceNode reference:
                Add(reference.IgnoreCase ? RegExpOp.BackReferenceIgnoringCase : RegExpOp.BackReference, reference.Index);
                break;
        }
    }

    private void EmitSequence(List<PatternNode> items, in Continuation after)
    {
        var afters = new Continuation[items.Count];
        var continuation = after;
        for (var i = items.Count - 1; i >= 0; i--)
        {
            afters[i] = continuation;
            continuation = items[i].Before(continuation);
        }
        for (var i = 0; i < items.Count; i++)
        {
            var literal = LiteralLength(items, i);
            if (literal > 1)
            {
                Add(RegExpOp.Literal, _literals.Count, literal);
                for (var k = 0; k < literal; k++)
                    _literals.Add(((CharacterNode)items[i + k]).Set.Single);
                i += literal - 1;
            }
            else if (items[i] is RepeatNode { Max: > 0, Body: CharacterNode character } repeat)
            {
                EmitRun(repeat, character.Set, afters[i],
                    next: i + 1 < items.Count && items[i + 1] is CharacterNode following ? following.Set.Single : -1);
            }
            else
            {
                EmitNode(items[i], afters[i]);
            }
        }
    }

    private static int LiteralLength(List<PatternNode> items, int start)
    {
        var end = start;
        while (end < items.Count && items[end] is CharacterNode { Set.Single: >= 0 })
            end++;
        return end - start;
    }

    private void EmitAlternation(List<PatternNode> branches, in Continuation after, bool isBehind)
    {
        var exits = new List<int>();
        for (var i = 0; i < branches.Count; i++)
        {
            var isLast = i == branches.Count - 1;
            var other = isLast ? -1 : AddForward(RegExpOp.Split);
            if (isBehind && branches[i].Length > 0)
                Add(RegExpOp.Back, branches[i].Length);
            EmitNode(branches[i], after);
            if (isLast)
                continue;
            exits.Add(AddForward(RegExpOp.Jump));
            Patch(other);
        }
        exits.ForEach(Patch);
    }

    private void EmitCapture(CaptureNode capture, in Continuation after)
    {
        if (capture.Body.Length != PatternNode.Varies)
        {
            EmitNode(capture.Body, after);
            Add(RegExpOp.CaptureFixed, capture.Index, capture.Body.Length);
            return;
        }
        var mark = _slots++;
        Add(RegExpOp.Mark, mark);
        EmitNode(capture.Body, after);
        Add(RegExpOp.Capture, capture.Index, mark);
    }

    /// <summary>A repeated set: one instruction. It need not give back what the rest of the pattern cannot begin with.</summary>
    private void EmitRun(RepeatNode repeat, CharacterSet set, in Continuation after, int next)
    {
        var canGiveBack = repeat.Mode == RepeatMode.Greedy && !set.Hint.IsDisjoint(after.Next) && repeat.Min != repeat.Max;
        var op = repeat.Mode == RepeatMode.Lazy && repeat.Min != repeat.Max ? RegExpOp.RunLazy
            : canGiveBack ? RegExpOp.RunGreedy
            : RegExpOp.RunPossessive;
        Add(op, PlaceOf(set), repeat.Min);
        _code.Add(repeat.Max);
        _code.Add(next);
    }

    private void EmitRepeat(RepeatNode repeat, in Continuation after)
    {
        if (repeat.Mode == RepeatMode.Possessive)
        {
            EmitAtomic(new RepeatNode(repeat.Body, repeat.Min, repeat.Max, RepeatMode.Greedy));
            return;
        }
        var isLazy = repeat.Mode == RepeatMode.Lazy;
        if (repeat is { Min: 1, Max: 1 })
        {
            EmitNode(repeat.Body, after);
            return;
        }
        if (repeat is { Min: 0, Max: 1 })
        {
            var skip = AddForward(isLazy ? RegExpOp.SplitAway : RegExpOp.Split);
            EmitNode(repeat.Body, after);
            Patch(skip);
            return;
        }

        // After one round of the body comes another, or what comes after the loop.
        var inside = repeat.Body.IsNullable ? Continuation.Anything : repeat.Body.Before(after).Or(after);
        if (!repeat.Body.IsNullable && repeat.Max == RepeatNode.Unlimited && repeat.Min <= 1)
        {
            var start = _code.Count;
            if (repeat.Min == 1)
            {
                EmitNode(repeat.Body, inside);
                Add(isLazy ? RegExpOp.Split : RegExpOp.SplitAway, start);
                return;
            }
            var exit = AddForward(isLazy ? RegExpOp.SplitAway : RegExpOp.Split);
            EmitNode(repeat.Body, inside);
            Add(RegExpOp.Jump, start);
            Patch(exit);
            return;
        }

        var slot = _slots;
        _slots += 2;                                    // the count, and where the round began
        Add(RegExpOp.LoopInit, slot);
        var test = _code.Count;
        Add(RegExpOp.LoopTest, slot, repeat.Min);
        _code.Add(repeat.Max);
        _code.Add(isLazy ? 1 : 0);
        _code.Add(0);
        var exitPlace = _code.Count - 1;
        Add(RegExpOp.LoopEnter, slot);
        EmitNode(repeat.Body, inside);
        Add(RegExpOp.LoopEnd, slot, test);
        Patch(exitPlace);
    }

    private void EmitAtomic(PatternNode body)
    {
        var slot = _slots++;
        Add(RegExpOp.AtomicStart, slot);
        EmitNode(body, Continuation.Success);
        Add(RegExpOp.AtomicEnd, slot);
    }

    private void EmitLook(LookNode look)
    {
        var slot = _slots;
        _slots += 2;                                    // the height of the stack, and the place to return to
        Add(look.IsNegative ? RegExpOp.NotLookStart : RegExpOp.LookStart, slot);
        if (look.IsNegative)
            _code.Add(0);
        var target = _code.Count - 1;
        if (look is { IsBehind: true, Body: AlternationNode alternation })
        {
            EmitAlternation(alternation.Branches, Continuation.Success, isBehind: true);
        }
        else
        {
            if (look.IsBehind && look.Body.Length > 0)
                Add(RegExpOp.Back, look.Body.Length);
            EmitNode(look.Body, Continuation.Success);
        }
        Add(look.IsNegative ? RegExpOp.NotLookEnd : RegExpOp.LookEnd, slot);
        if (look.IsNegative)
            Patch(target);
    }
}
