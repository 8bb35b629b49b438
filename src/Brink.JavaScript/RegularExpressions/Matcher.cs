using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Brink.JavaScript.Metering;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.RegularExpressions;

internal enum MatchOutcome
{
    NoMatch,
    Match,

    /// <summary>A pattern that tries too many ways (functions spec 5.5, 7).</summary>
    LimitExceeded,
}

/// <summary>
/// Runs programs over text. It backtracks on a stack of its own, so a pattern cannot overflow the thread's; every instruction and every
/// step back is a step of the meter, so a catastrophic pattern ends with the compute budget, or at <see cref="Limit"/> where a budget is
/// generous.
/// </summary>
internal static class Matcher
{
    /// <summary>Steps of one search after which it ends with an InternalError.</summary>
    public const int Limit = 1_000_000;

    /// <summary>
    /// Looks for the first match at or after a place. The slots, at least <see cref="RegExpProgram.SlotCount"/> of them, then begin with
    /// two for each group: start and end, -1 for a group that took no part.
    /// </summary>
    public static MatchOutcome Search(Meter meter, MatchStack stack, RegExpProgram program, in TextView text, int start, Span<int> slots)
    {
        if (!text.IsAstral)
            return program.BmpPrefix is null
                ? MatchOutcome.NoMatch
                : Search(meter, stack, program, text.Chars, start, slots, program.BmpPrefix);
        return Search(meter, stack, program, text.CodePoints, start, slots, program.Prefix);
    }

    private static MatchOutcome Search<T>(
        Meter meter, MatchStack stack, RegExpProgram program, ReadOnlySpan<T> text, int start, Span<int> slots, T[] prefix)
        where T : unmanaged, IEquatable<T>
    {
        meter.Pay(Price.RegExpSearch);
        slots[..program.SlotCount].Fill(-1);
        var sticky = (program.Flags & RegExpFlags.Sticky) != 0;
        if (program.IsAnchored && start > 0)
        {
            meter.Charge(1);
            return MatchOutcome.NoMatch;
        }
        var run = new MatchRun<T>(meter, stack, program, text, slots);
        var outcome = MatchOutcome.NoMatch;
        var single = sticky || program.IsAnchored;
        var filters = !single && prefix.Length == 0 && !program.First.IsAll;
        for (var at = start; at <= text.Length; at++)
        {
            if (!single && prefix.Length > 0)
            {
                var found = text[at..].IndexOf(prefix);
                run.Spend(1 + (found < 0 ? text.Length - at : found) / 32);
                if (found < 0)
                    break;
                at += found;
            }
            else if (filters)
            {
                var from = at;
                at = NextFirst(program, text, at);
                run.Spend((at - from) / (typeof(T) == typeof(char) ? 8 : 4));
                if (at == text.Length)
                    break;
            }
            if (filters && TextUnit.ToCodePoint(text[at]) > 127)
                run.Spend(1);                       // the filter knows ASCII only: such attempts fail often
            outcome = run.TryAt(at);
            if (outcome != MatchOutcome.NoMatch || single)
                break;
            if (program.IsOneRun)
            {
                at += run.LastRun;
            }
            else if (program.LeadingRun is { } leading)
            {
                var length = leading.RunLength(text[at..], out var lookedUp);
                run.Spend(length / 8 + lookedUp);
                at += length;
            }
        }
        run.Finish();
        return outcome;
    }

    /// <summary>The next place where a match can begin, or the end.</summary>
    private static int NextFirst<T>(RegExpProgram program, ReadOnlySpan<T> text, int at) where T : unmanaged, IEquatable<T>
    {
        if (at < text.Length && program.First.Allows(TextUnit.ToCodePoint(text[at])))
            return at;
        if (typeof(T) == typeof(char))
        {
            var rest = MemoryMarshal.Cast<T, char>(text[at..]);
            var found = program.First.BeyondAscii ? rest.IndexOfAnyExcept(program.FirstChars) : rest.IndexOfAny(program.FirstChars);
            return found < 0 ? text.Length : at + found;
        }
        while (at < text.Length && !program.First.Allows(TextUnit.ToCodePoint(text[at])))
            at++;
        return at;
    }
}

/// <summary>One search: the stack and the meter.</summary>
internal ref struct MatchRun<T> where T : unmanaged, IEquatable<T>
{
    private const int FrameSize = 3;
    private const int FirstStack = MatchStack.FirstLength;
    private const int ChargeEvery = 64;

    /// <summary>What looking ahead or behind notes, besides its instruction.</summary>
    private const int LookSteps = 2;

    /// <summary>Comparing two code points regardless of case, behind the first that differ.</summary>
    private const int FoldSteps = 2;

    private readonly Meter _meter;
    private readonly MatchStack _kept;
    private readonly RegExpProgram _program;
    private readonly ReadOnlySpan<T> _text;
    private readonly Span<int> _slots;

    // Frames of three: (~slot, old value, -) undoes; (code, place, -1) is another way; (code of a run, bound, place) is a run that can
    // change its length.
    private int[] _stack;
    private int _charged = FirstStack;
    private int _fuel = ChargeEvery;
    private int _spent;

    public MatchRun(Meter meter, MatchStack stack, RegExpProgram program, ReadOnlySpan<T> text, Span<int> slots)
    {
        _meter = meter;
        _kept = stack;
        _program = program;
        _text = text;
        _slots = slots;
        _stack = stack.Frames;
    }

    /// <summary>The length of the run that was too short, where the program is one run: from within it nothing matches either.</summary>
    public int LastRun { get; private set; }

    /// <summary>Counts steps; hands them to the meter in portions.</summary>
    public void Spend(int steps)
    {
        if ((_fuel -= steps) <= 0)
            Refuel();
    }

    private void Refuel()
    {
        var used = ChargeEvery - _fuel;
        _fuel = ChargeEvery;
        _spent += used;
        _meter.Pay(used * Price.RegExpStep);
    }

    /// <summary>Settles what is owed; the stack's memory is free again.</summary>
    public void Finish()
    {
        _meter.Pay((ChargeEvery - _fuel) * Price.RegExpStep);
        if (_charged > FirstStack)
            _meter.Allocate(-sizeof(int) * (long)(_charged - FirstStack));
    }

    private void Grow(int used)
    {
        // By our own sizes, not the pool's: the same pattern costs the same everywhere.
        _meter.Allocate(sizeof(int) * (long)_charged);
        _meter.Charge(_charged / Price.CopiedWords);
        _charged *= 2;
        if (_charged <= _stack.Length)
            return;
        var larger = new int[_charged];
        _stack.AsSpan(0, used).CopyTo(larger);
        _kept.Frames = _stack = larger;
    }

    private void Push(ref int top, int a, int b, int c)
    {
        if (top + FrameSize > _charged)
            Grow(top);
        var stack = _stack;
        stack[top] = a;
        stack[top + 1] = b;
        stack[top + 2] = c;
        top += FrameSize;
    }

    private void Put(ref int top, int slot, int value)
    {
        Push(ref top, ~slot, _slots[slot], 0);
        _slots[slot] = value;
    }

    private readonly int At(int index) => TextUnit.ToCodePoint(_text[index]);

    /// <summary>Whether a set has a code point; to look for one beyond ASCII is a step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Has(CharacterSet set, int codePoint)
    {
        if (codePoint < 128)
            return set.Contains(codePoint);
        _fuel -= set.IsSearched ? 1 : 0;
        return set.ContainsBeyondAscii(codePoint);
    }

    private readonly bool IsWordAt(int index) => (uint)index < (uint)_text.Length && NamedSets.Word.Contains(At(index));

    /// <summary>Tries to match at one place.</summary>
    public MatchOutcome TryAt(int start)
    {
        if (_program.IsOneRun)
            return TryRunAt(start);
        var code = _program.Code;
        var sets = _program.Sets;
        var text = _text;
        var at = start;
        var pc = 0;
        var top = 0;
        while (true)
        {
            if (--_fuel <= 0)
            {
                Refuel();
                if (_spent > Matcher.Limit)
                    return MatchOutcome.LimitExceeded;
            }
            switch ((RegExpOp)code[pc])
            {
                case RegExpOp.Match:
                    _slots[0] = start;
                    _slots[1] = at;
                    return MatchOutcome.Match;

                case RegExpOp.Character:
                    if ((uint)at >= (uint)text.Length || TextUnit.ToCodePoint(text[at]) != code[pc + 1])
                        goto Back;
                    at++;
                    pc += 2;
                    continue;

                case RegExpOp.Set:
                    if ((uint)at >= (uint)text.Length || !Has(sets[code[pc + 1]], TextUnit.ToCodePoint(text[at])))
                        goto Back;
                    at++;
                    pc += 2;
                    continue;

                case RegExpOp.Literal:
                    {
                        var literal = _program.Literals.AsSpan(code[pc + 1], code[pc + 2]);
                        if (literal.Length > text.Length - at)
                            goto Back;
                        for (var i = 0; i < literal.Length; i++)
                        {
                            if (TextUnit.ToCodePoint(text[at + i]) != literal[i])
                            {
                                _fuel -= i >> 3;
                                goto Back;
                            }
                        }
                        _fuel -= literal.Length >> 3;
                        at += literal.Length;
                        pc += 3;
                        continue;
                    }

                case RegExpOp.Split:
                    Push(ref top, code[pc + 1], at, -1);
                    pc += 2;
                    continue;

                case RegExpOp.SplitAway:
                    Push(ref top, pc + 2, at, -1);
                    pc = code[pc + 1];
                    continue;

                case RegExpOp.Jump:
                    pc = code[pc + 1];
                    continue;

                case RegExpOp.Mark:
                    Put(ref top, code[pc + 1], at);
                    pc += 2;
                    continue;

                case RegExpOp.Capture:
                    Put(ref top, 2 * code[pc + 1], _slots[code[pc + 2]]);
                    Put(ref top, 2 * code[pc + 1] + 1, at);
                    pc += 3;
                    continue;

                case RegExpOp.CaptureFixed:
                    Put(ref top, 2 * code[pc + 1], at - code[pc + 2]);
                    Put(ref top, 2 * code[pc + 1] + 1, at);
                    pc += 3;
                    continue;

                case RegExpOp.TextStart:
                    if (at != 0)
                        goto Back;
                    pc++;
                    continue;

                case RegExpOp.LineStart:
                    if (at != 0 && (at >= text.Length || At(at - 1) != '\n'))
                        goto Back;
                    pc++;
                    continue;

                case RegExpOp.End:
                    if (at != text.Length && (at != text.Length - 1 || At(at) != '\n'))
                        goto Back;
                    pc++;
                    continue;

                case RegExpOp.LineEnd:
                    if (at != text.Length && At(at) != '\n')
                        goto Back;
                    pc++;
                    continue;

                case RegExpOp.TextEnd:
                    if (at != text.Length)
                        goto Back;
                    pc++;
                    continue;

                case RegExpOp.WordBoundary:
                    if (IsWordAt(at - 1) == IsWordAt(at))
                        goto Back;
                    pc++;
                    continue;

                case RegExpOp.NotWordBoundary:
                    if (IsWordAt(at - 1) != IsWordAt(at))
                        goto Back;
                    pc++;
                    continue;

                case RegExpOp.BackReference:
                case RegExpOp.BackReferenceIgnoringCase:
                    {
                        var length = MatchAgain(code[pc + 1], at, (RegExpOp)code[pc] == RegExpOp.BackReferenceIgnoringCase);
                        if (length < 0)
                            goto Back;
                        at += length;
                        pc += 2;
                        continue;
                    }

                case RegExpOp.Back:
                    if (at < code[pc + 1])
                        goto Back;
                    at -= code[pc + 1];
                    pc += 2;
                    continue;

                case RegExpOp.RunGreedy:
                case RegExpOp.RunPossessive:
                    {
                        var length = sets[code[pc + 1]].RunLength(
                            text.Slice(at, Math.Min(text.Length - at, code[pc + 3])), out var lookedUp);
                        _fuel -= (length >> 3) + lookedUp;
                        if (length < code[pc + 2])
                            goto Back;
                        if ((RegExpOp)code[pc] == RegExpOp.RunGreedy && length > code[pc + 2])
                            Push(ref top, pc, at + code[pc + 2], at + length);
                        at += length;
                        pc += 5;
                        continue;
                    }

                case RegExpOp.RunLazy:
                    {
                        var min = code[pc + 2];
                        var length = sets[code[pc + 1]].RunLength(text.Slice(at, Math.Min(text.Length - at, min)), out var lookedUp);
                        _fuel -= (length >> 3) + lookedUp;
                        if (length < min)
                            goto Back;
                        var limit = (int)Math.Min(text.Length, at + (long)code[pc + 3]);
                        at += min;
                        if (at < limit)
                            Push(ref top, pc, limit, at);
                        pc += 5;
                        continue;
                    }

                case RegExpOp.LoopInit:
                    Put(ref top, code[pc + 1], 0);
                    pc += 2;
                    continue;

                case RegExpOp.LoopTest:
                    {
                        var count = _slots[code[pc + 1]];
                        if (count < code[pc + 2])
                        {
                            pc += 6;
                        }
                        else if (count >= code[pc + 3])
                        {
                            pc = code[pc + 5];
                        }
                        else if (code[pc + 4] == 0)
                        {
                            Push(ref top, code[pc + 5], at, -1);
                            pc += 6;
                        }
                        else
                        {
                            Push(ref top, pc + 6, at, -1);
                            pc = code[pc + 5];
                        }
                        continue;
                    }

                case RegExpOp.LoopEnter:
                    {
                        var slot = code[pc + 1];
                        Put(ref top, slot, _slots[slot] + 1);
                        Put(ref top, slot + 1, at);
                        pc += 2;
                        continue;
                    }

                case RegExpOp.LoopEnd:
                    {
                        var slot = code[pc + 1];
                        var test = code[pc + 2];
                        pc = _slots[slot + 1] == at && _slots[slot] >= code[test + 2] ? code[test + 5] : test;
                        continue;
                    }

                case RegExpOp.AtomicStart:
                    // The height is taken after this frame, which has to outlive the group.
                    Put(ref top, code[pc + 1], top + FrameSize);
                    pc += 2;
                    continue;

                case RegExpOp.AtomicEnd:
                    Forget(ref top, _slots[code[pc + 1]]);
                    pc += 2;
                    continue;

                case RegExpOp.LookStart:
                    _fuel -= LookSteps;
                    Put(ref top, code[pc + 1] + 1, at);
                    Put(ref top, code[pc + 1], top + FrameSize);
                    pc += 2;
                    continue;

                case RegExpOp.LookEnd:
                    at = _slots[code[pc + 1] + 1];
                    Forget(ref top, _slots[code[pc + 1]]);
                    pc += 2;
                    continue;

                case RegExpOp.NotLookStart:
                    Put(ref top, code[pc + 1], top + FrameSize);
                    Push(ref top, code[pc + 2], at, -1);
                    pc += 3;
                    continue;

                case RegExpOp.NotLookEnd:
                    Undo(ref top, _slots[code[pc + 1]]);
                    goto Back;

                default:
                    throw new InvalidOperationException("unknown instruction of a regular expression");
            }

        Back:
            if (!TakeBack(ref top, ref pc, ref at))
                return MatchOutcome.NoMatch;
        }
    }

    /// <summary>The same for a program that is one run, at the same cost.</summary>
    private MatchOutcome TryRunAt(int start)
    {
        var code = _program.Code;
        var length = _program.Sets[code[1]].RunLength(_text.Slice(start, Math.Min(_text.Length - start, code[3])), out var lookedUp);
        if (length < code[2])
        {
            LastRun = length;
            Spend(1 + (length >> 3) + lookedUp);
            return _spent > Matcher.Limit ? MatchOutcome.LimitExceeded : MatchOutcome.NoMatch;
        }
        Spend(2 + (length >> 3) + lookedUp);
        if (_spent > Matcher.Limit)
            return MatchOutcome.LimitExceeded;
        _slots[0] = start;
        _slots[1] = start + length;
        return MatchOutcome.Match;
    }

    /// <summary>The length of a group's text if it stands here again, or -1. A group that took no part is nothing.</summary>
    private int MatchAgain(int group, int at, bool ignoreCase)
    {
        int from = _slots[2 * group], length = _slots[2 * group + 1] - from;
        if (from < 0)
            return 0;
        if (length > _text.Length - at)
            return -1;
        _fuel -= 1 + (length >> 3);
        var first = _text.Slice(from, length);
        var second = _text.Slice(at, length);
        if (!ignoreCase)
            return first.SequenceEqual(second) ? length : -1;
        var areBytes = (_program.Flags & RegExpFlags.Bytes) != 0;          // those beyond ASCII have no case
        for (var i = first.CommonPrefixLength(second); i < length; i++)
        {
            int was = TextUnit.ToCodePoint(first[i]), now = TextUnit.ToCodePoint(second[i]);
            _fuel -= FoldSteps;
            if (was != now && (CaseFolding.Fold(was) != CaseFolding.Fold(now) || (areBytes && !Ascii.IsValid((char)(was | now)))))
                return -1;
        }
        return length;
    }

    /// <summary>Undoes up to the last other way that is left; false if there is none.</summary>
    private bool TakeBack(ref int top, ref int pc, ref int at)
    {
        var stack = _stack;
        while (top > 0)
        {
            top -= FrameSize;
            int a = stack[top], b = stack[top + 1], c = stack[top + 2];
            if (a < 0)
            {
                _slots[~a] = b;
                continue;
            }
            if (c < 0)
            {
                pc = a;
                at = b;
                return true;
            }
            var code = _program.Code;
            var isGreedy = (RegExpOp)code[a] == RegExpOp.RunGreedy;
            at = isGreedy ? Shrink(b, c, code[a + 4]) : Extend(_program.Sets[code[a + 1]], b, c, code[a + 4]);
            if (at < 0)
            {
                _fuel--;
                continue;
            }
            if (isGreedy ? at > b : at < b)
            {
                stack[top + 2] = at;                // the same frame again
                top += FrameSize;
            }
            pc = a + 5;
            return true;
        }
        return false;
    }

    /// <summary>The next shorter end of a run, at which <paramref name="next"/> follows; -1 if there is none.</summary>
    private int Shrink(int shortest, int end, int next)
    {
        if (next < 0)
            return end - 1;
        if (typeof(T) == typeof(char) && next > char.MaxValue)
            return -1;
        var found = _text[shortest..end].LastIndexOf(TextUnit.Of<T>(next));
        _fuel -= (end - shortest - Math.Max(found, 0)) >> 3;
        return found < 0 ? -1 : shortest + found;
    }

    /// <summary>The next longer end of a run, at which <paramref name="next"/> follows; -1 if there is none.</summary>
    private int Extend(CharacterSet set, int limit, int end, int next)
    {
        if (next < 0)
            return end < limit && Has(set, At(end)) ? end + 1 : -1;
        if (end >= limit || (typeof(T) == typeof(char) && next > char.MaxValue))
            return -1;
        var found = _text[(end + 1)..Math.Min(limit + 1, _text.Length)].IndexOf(TextUnit.Of<T>(next));
        var length = found < 0 ? limit - end : found + 1;
        _fuel -= length >> 3;
        if (found < 0)
            return -1;
        var run = set.RunLength(_text.Slice(end, length), out var lookedUp);
        _fuel -= lookedUp;
        return run == length ? end + length : -1;
    }

    /// <summary>Drops the other ways above a height; what undoes captures stays, for the ways below.</summary>
    private void Forget(ref int top, int height)
    {
        _fuel -= (top - height) >> 5;
        var kept = height;
        for (var i = height; i < top; i += FrameSize)
        {
            if (_stack[i] >= 0)
                continue;
            _stack[kept] = _stack[i];
            _stack[kept + 1] = _stack[i + 1];
            _stack[kept + 2] = _stack[i + 2];
            kept += FrameSize;
        }
        top = kept;
    }

    private void Undo(ref int top, int height)
    {
        _fuel -= (top - height) >> 5;
        while (top > height)
        {
            top -= FrameSize;
            if (_stack[top] < 0)
                _slots[~_stack[top]] = _stack[top + 1];
        }
    }
}
