using System.Buffers;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.RegularExpressions;

/// <summary>The flags of a regular expression.</summary>
[Flags]
internal enum RegExpFlags : byte
{
    None = 0,
    Global = 1,
    IgnoreCase = 2,
    Multiline = 4,
    Sticky = 8,

    /// <summary>Not a flag of the language: the pattern's units are bytes, and so are the text's.</summary>
    Bytes = 16,
}

/// <summary>The instructions of the matcher, each followed by its operands in the code.</summary>
internal enum RegExpOp
{
    /// <summary>The pattern has matched.</summary>
    Match,
    /// <summary>codePoint</summary>
    Character,
    /// <summary>set</summary>
    Set,
    /// <summary>start, length in the literals</summary>
    Literal,
    /// <summary>other: go on here, there if that fails</summary>
    Split,
    /// <summary>other: go on there, here if that fails</summary>
    SplitAway,
    /// <summary>target</summary>
    Jump,
    /// <summary>slot: remember the place</summary>
    Mark,
    /// <summary>group, slot: the group ends here and began at the mark</summary>
    Capture,
    /// <summary>group, length: the group ends here and began that far before</summary>
    CaptureFixed,

    /// <summary>Before the first code point.</summary>
    TextStart,
    /// <summary>Before the first code point or after a line feed that is not the last code point.</summary>
    LineStart,
    /// <summary>After the last code point, or before a line feed that is the last.</summary>
    End,
    /// <summary>After the last code point or before a line feed.</summary>
    LineEnd,
    /// <summary>After the last code point.</summary>
    TextEnd,
    WordBoundary,
    NotWordBoundary,

    /// <summary>group</summary>
    BackReference,
    /// <summary>group</summary>
    BackReferenceIgnoringCase,
    /// <summary>count: that many code points back</summary>
    Back,

    /// <summary>
    /// set, min, max, next: as many as there are; gives them back one by one (next: the code point that must follow, or -1)
    /// </summary>
    RunGreedy,
    /// <summary>set, min, max, next: as few as possible</summary>
    RunLazy,
    /// <summary>set, min, max, next: as many as there are, gives nothing back</summary>
    RunPossessive,

    /// <summary>slot: the loop's counter is 0</summary>
    LoopInit,
    /// <summary>slot, min, max, isLazy, exit: once more, or out; LoopEnter comes next</summary>
    LoopTest,
    /// <summary>slot: counts, and remembers where the iteration began</summary>
    LoopEnter,
    /// <summary>slot, test: an iteration that matched nothing is the last</summary>
    LoopEnd,

    /// <summary>slot</summary>
    AtomicStart,
    /// <summary>slot</summary>
    AtomicEnd,
    /// <summary>slot</summary>
    LookStart,
    /// <summary>slot</summary>
    LookEnd,
    /// <summary>slot, target: where to go on if the body does not match</summary>
    NotLookStart,
    /// <summary>slot</summary>
    NotLookEnd,
}

/// <summary>
/// A compiled regular expression: immutable, shared by all threads. A literal's belongs to the program; one made at run time to the object
/// that the call made.
/// </summary>
internal sealed record RegExpProgram
{
    public required int[] Code
    {
        get;
        init
        {
            field = value;
            IsOneRun = value is [(int)RegExpOp.RunGreedy or (int)RegExpOp.RunPossessive, _, _, _, _, (int)RegExpOp.Match];
        }
    }

    public required CharacterSet[] Sets { get; init; }

    /// <summary>The code points of all <see cref="RegExpOp.Literal"/>.</summary>
    public required int[] Literals { get; init; }

    /// <summary>Captures, the whole match among them.</summary>
    public required int GroupCount { get; init; }

    /// <summary>Two for each capture, then the matcher's own.</summary>
    public required int SlotCount { get; init; }

    /// <summary>The names of groups, in the order of their numbers; empty if none has one.</summary>
    public required (int Group, Value Name)[] GroupNames { get; init; }

    public required RegExpFlags Flags { get; init; }

    /// <summary>Every match begins at the first code point of the text.</summary>
    public required bool IsAnchored { get; init; }

    /// <summary>Every match begins with these code points.</summary>
    public required int[] Prefix { get; init; }

    /// <summary><see cref="Prefix"/> as chars; null if it cannot be in BMP text.</summary>
    public required char[]? BmpPrefix { get; init; }

    /// <summary>What a match can begin with; everything if it may be empty.</summary>
    public required CharacterHint First { get; init; }

    private SearchValues<char>? _firstChars;

    /// <summary>
    /// <see cref="First"/> for a search over many chars at once: what it allows, or, where it allows everything beyond ASCII, what of ASCII
    /// it does not allow. Made when it is first asked for.
    /// </summary>
    public SearchValues<char> FirstChars => _firstChars ??= MakeFirstChars();

    private SearchValues<char> MakeFirstChars()
    {
        Span<char> chars = stackalloc char[128];
        var count = 0;
        for (var c = 0; c < 128; c++)
        {
            if (First.Allows(c) != First.BeyondAscii)
                chars[count++] = (char)c;
        }
        return SearchValues.Create(chars[..count]);
    }

    /// <summary>Nothing but one run that gives nothing back or need not: <c>/\s+/</c>.</summary>
    public bool IsOneRun { get; private init; }

    /// <summary>
    /// The set of an unlimited run that every match begins with, where nothing later asks what the run took. When a match from within such
    /// a run fails, it fails from every other place of that run: its ends were among those tried. This makes <c>/[^,]*,/</c> linear.
    /// </summary>
    public required CharacterSet? LeadingRun { get; init; }

    /// <summary>What it was compiled from.</summary>
    public required int[] Pattern { get; init; }

    private RegExpProgram? _forBytes;

    /// <summary>
    /// The program for byte strings: the pattern's own bytes, so that a character beyond ASCII is several units, two of a class; case is
    /// ASCII's. Null where they are no pattern. Any thread may make it: all make the same.
    /// </summary>
    public RegExpProgram? ForBytes => _forBytes ??= (Flags & RegExpFlags.Bytes) != 0 ? this : RegExpCompiler.CompileForBytes(this);

    /// <summary>The same program, looking for a match anywhere: what <c>split</c> needs.</summary>
    public RegExpProgram WithoutSticky() => (Flags & RegExpFlags.Sticky) == 0 ? this : this with { Flags = Flags & ~RegExpFlags.Sticky };
}
