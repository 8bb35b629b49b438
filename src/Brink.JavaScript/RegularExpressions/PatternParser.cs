using System.Globalization;
using System.Text;
using Brink.JavaScript.Syntax;
using Brink.JavaScript.Values;

namespace Brink.JavaScript.RegularExpressions;

/// <summary>
/// Reads the dialect's patterns: Perl-compatible ones, as the engine's library reads them, with the few changes that the engine makes for
/// JavaScript (<c>\uXXXX</c>). A refusal is in the library's words and says where. What the library has and this engine has not (recursion,
/// conditions, verbs) is refused by name.
/// </summary>
internal sealed class PatternParser
{
    public const int MaxPatternLength = 16 * 1024;

    /// <summary>
    /// Parentheses in parentheses; the library's own limit. It also bounds the recursion of everything that walks the tree.
    /// </summary>
    public const int MaxNesting = 250;

    private const int MaxQuantifier = 65535;
    private const int MaxNameLength = 32;

    /// <summary>Letters that mean nothing after a backslash.</summary>
    private const string FreeLetters = "FIJMOTYijmqy";

    /// <summary>Letters that mean nothing after a backslash within a class.</summary>
    private const string FreeInClass = "ABCGKRXZkz";

    private readonly int[] _pattern;
    private readonly bool _keepsUnknownEscapes;
    private readonly List<(int Group, string Name)> _names = [];
    private readonly List<(BackReferenceNode Node, int Number, string? Name, int Position)> _references = [];
    private readonly bool _areBytes;
    private bool _ignoreCase;
    private bool _multiline;
    private bool _dotAll;
    private bool _extended;
    private int _at;
    private int _nesting;
    private int _quotedUntil;

    public PatternParser(in TextView pattern, RegExpFlags flags, Runtime runtime)
    {
        _keepsUnknownEscapes = runtime == Runtime.CloudFrontJs10 && Dialect.UnknownEscapesAreLetters;
        _pattern = new int[pattern.Length];
        for (var i = 0; i < _pattern.Length; i++)
            _pattern[i] = pattern[i];
        _areBytes = (flags & RegExpFlags.Bytes) != 0;
        _ignoreCase = (flags & RegExpFlags.IgnoreCase) != 0;
        _multiline = (flags & RegExpFlags.Multiline) != 0;
    }

    /// <summary>What is wrong, when <see cref="Parse"/> gave null.</summary>
    public string? Problem { get; private set; }

    /// <summary>The problem is before this code point.</summary>
    public int ProblemAt { get; private set; }

    /// <summary>The code points, or bytes, that were read.</summary>
    public int[] Pattern => _pattern;

    /// <summary>Capturing groups, without the whole match.</summary>
    public int GroupCount { get; private set; }

    public bool HasBackReferences => _references.Count > 0;

    public IReadOnlyList<(int Group, string Name)> Names => _names;

    public PatternNode? Parse()
    {
        var pattern = ParseAlternation();
        if (pattern is null)
            return null;
        if (_at < _pattern.Length)
            return Refuse("unmatched closing parenthesis", _at);
        foreach (var (node, number, name, position) in _references)
        {
            node.Index = name is null ? number : _names.Find(n => n.Name == name).Group;
            if (node.Index == 0 || node.Index > GroupCount)
                return Refuse("reference to non-existent subpattern", position);
        }
        return pattern;
    }

    private PatternNode? Refuse(string problem, int position)
    {
        Problem ??= problem;
        ProblemAt = position;
        return null;
    }

    private int Peek(int ahead = 0) => _at + ahead < _pattern.Length ? _pattern[_at + ahead] : -1;

    private bool Take(char c)
    {
        if (Peek() != c)
            return false;
        _at++;
        return true;
    }

    private bool LooksAt(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (Peek(i) != text[i])
                return false;
        }
        return true;
    }

    private PatternNode? ParseAlternation()
    {
        List<PatternNode>? branches = null;
        while (true)
        {
            if (ParseSequence() is not { } branch)
                return null;
            if (Peek() != '|' || _at < _quotedUntil)
            {
                if (branches is null)
                    return branch;
                branches.Add(branch);
                return new AlternationNode(branches);
            }
            _at++;
            (branches ??= []).Add(branch);
        }
    }

    private PatternNode? ParseSequence()
    {
        var items = new List<PatternNode>();
        while (_at < _pattern.Length && (_at < _quotedUntil || (Peek() != '|' && Peek() != ')')))
        {
            if (SkipNothing())
                continue;
            if (ParseAtom() is not { } atom)
                return null;
            if (atom is EmptyNode)
                continue;
            while (SkipNothing()) { }
            if (ParseQuantifier(atom) is not { } quantified)
                return null;
            items.Add(quantified);
        }
        return items.Count switch { 0 => new EmptyNode(), 1 => items[0], _ => new SequenceNode(items) };
    }

    /// <summary>Comments, ends of quotations, and white space where the pattern is in extended form.</summary>
    private bool SkipNothing()
    {
        if (_at < _quotedUntil)
            return false;
        if (LooksAt("\\E"))
        {
            _at += 2;
            return true;
        }
        if (LooksAt("\\Q"))
        {
            _at += 2;
            _quotedUntil = _at;
            while (_quotedUntil < _pattern.Length
                && !(_pattern[_quotedUntil] == '\\' && _quotedUntil + 1 < _pattern.Length && _pattern[_quotedUntil + 1] == 'E'))
                _quotedUntil++;
            return true;
        }
        if (LooksAt("(?#"))
        {
            var end = Array.IndexOf(_pattern, ')', _at);
            if (end < 0)
                return false;
            _at = end + 1;
            return true;
        }
        if (!_extended || _at >= _pattern.Length)
            return false;
        if (NamedSets.Space.Contains(Peek()))
        {
            _at++;
            return true;
        }
        if (Peek() != '#')
            return false;
        while (_at < _pattern.Length && Peek() != '\n')
            _at++;
        return true;
    }

    private PatternNode? ParseAtom()
    {
        if (_at < _quotedUntil)
            return Literal(_pattern[_at++]);
        var c = _pattern[_at++];
        switch (c)
        {
            case '^':
                return new AssertionNode(_multiline ? RegExpOp.LineStart : RegExpOp.TextStart);
            case '$':
                return new AssertionNode(_multiline ? RegExpOp.LineEnd : RegExpOp.End);
            case '.':
                return new CharacterNode(_dotAll ? NamedSets.Everything : NamedSets.NotNewline);
            case '(':
                return ParseGroup();
            case '[':
                return ParseClass();
            case '\\':
                return ParseEscape();
            case '*' or '+' or '?':
                return Refuse("quantifier does not follow a repeatable item", _at - 1);
            case '{' when TryReadBraces(out _, out _, out var end):
                return Refuse("quantifier does not follow a repeatable item", end - 1);
            default:
                return Literal(c);
        }
    }

    private CharacterNode Literal(int codePoint)
    {
        var set = new CharacterSetBuilder();
        Add(set, null, codePoint, codePoint);
        return new CharacterNode(set.Build());
    }

    private PatternNode? ParseQuantifier(PatternNode atom)
    {
        if (_at < _quotedUntil)
            return atom;
        int min, max, start = _at;
        switch (Peek())
        {
            case '*':
                (min, max) = (0, RepeatNode.Unlimited);
                _at++;
                break;
            case '+':
                (min, max) = (1, RepeatNode.Unlimited);
                _at++;
                break;
            case '?':
                (min, max) = (0, 1);
                _at++;
                break;
            case '{':
                _at++;
                if (!TryReadBraces(out min, out max, out var end))
                {
                    _at = start;
                    return Problem is null ? atom : null;
                }
                _at = end;
                if (min > max)
                    return Refuse("numbers out of order in {} quantifier", _at - 1);
                break;
            default:
                return atom;
        }
        if (atom is AssertionNode)
            return Refuse("quantifier does not follow a repeatable item", _pattern[start] == '{' ? _at - 1 : start);
        var mode = Take('?') ? RepeatMode.Lazy : Dialect.PatternsArePcre && Take('+') ? RepeatMode.Possessive : RepeatMode.Greedy;
        // An assertion says the same thing however often it is asked.
        if (atom is LookNode)
            (min, max) = (Math.Min(min, 1), Math.Min(max, 1));
        return new RepeatNode(atom, min, max, mode);
    }

    /// <summary><c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c> after its brace; anything else is literal text.</summary>
    private bool TryReadBraces(out int min, out int max, out int end)
    {
        end = _at;
        max = RepeatNode.Unlimited;
        min = 0;
        if (!HasBraces())
            return false;
        if (!ReadNumber(ref end, out min))
            return false;
        if (_pattern[end] == ',')
        {
            end++;
            if (_pattern[end] != '}' && !ReadNumber(ref end, out max))
                return false;
        }
        else
        {
            max = min;
        }
        end++;
        return true;
    }

    private bool HasBraces()
    {
        var i = _at;
        var digits = 0;
        for (; i < _pattern.Length && _pattern[i] is >= '0' and <= '9'; i++)
            digits++;
        if (digits == 0)
            return false;
        if (i < _pattern.Length && _pattern[i] == ',')
        {
            i++;
            while (i < _pattern.Length && _pattern[i] is >= '0' and <= '9')
                i++;
        }
        return i < _pattern.Length && _pattern[i] == '}';
    }

    private bool ReadNumber(ref int at, out int number)
    {
        number = 0;
        while (_pattern[at] is >= '0' and <= '9')
        {
            number = number * 10 + (_pattern[at++] - '0');
            if (number > MaxQuantifier)
            {
                Refuse("number too big in {} quantifier", at);
                return false;
            }
        }
        return true;
    }

    private PatternNode? ParseGroup()
    {
        if (++_nesting > MaxNesting)
            return Refuse("parentheses are too deeply nested", _at);
        var (ignoreCase, multiline, dotAll, extended) = (_ignoreCase, _multiline, _dotAll, _extended);
        var start = _at - 1;
        Func<PatternNode, PatternNode> make;
        if (Peek() == '*')
            return Refuse("(*VERB) is not supported", _at);
        if (!Take('?'))
        {
            var index = ++GroupCount;
            make = body => new CaptureNode(index, body);
        }
        else if (Take(':'))
        {
            make = body => body;
        }
        else if (Take('>'))
        {
            make = body => new AtomicNode(body);
        }
        else if (Take('='))
        {
            make = body => new LookNode(body, isBehind: false, isNegative: false);
        }
        else if (Take('!'))
        {
            make = body => new LookNode(body, isBehind: false, isNegative: true);
        }
        else if (LooksAt("<=") || LooksAt("<!"))
        {
            var isNegative = Peek(1) == '!';
            _at += 2;
            make = body => new LookNode(body, isBehind: true, isNegative);
        }
        else if (Peek() == '<' || Peek() == '\'' || LooksAt("P<"))
        {
            _at += Peek() == 'P' ? 2 : 1;
            if (ReadName(_pattern[_at - 1] == '\'' ? '\'' : '>') is not { } name)
                return null;
            if (_names.Exists(n => n.Name == name))
                return Refuse("two named subpatterns have the same name (PCRE2_DUPNAMES not set)", _at);
            var index = ++GroupCount;
            _names.Add((index, name));
            make = body => new CaptureNode(index, body);
        }
        else if (_at >= _pattern.Length)
        {
            return Refuse("missing closing parenthesis", _at);
        }
        else if (Peek() is '|' or 'R' or '&' or '(' or 'P' or 'C' or '+' or (>= '0' and <= '9')
            || (Peek() == '-' && Peek(1) is >= '0' and <= '9'))
        {
            return Refuse("recursion, conditions, callouts and branch reset are not supported", _at);
        }
        else
        {
            if (!ReadOptions())
                return null;
            if (Take(')'))
            {
                // The options hold to the end of the group that this stands in: nothing to restore.
                _nesting--;
                return Nothing();
            }
            _at++;
            make = body => body;
        }

        if (ParseAlternation() is not { } inner)
            return null;
        if (!Take(')'))
            return Refuse("missing closing parenthesis", _pattern.Length);
        (_ignoreCase, _multiline, _dotAll, _extended) = (ignoreCase, multiline, dotAll, extended);
        _nesting--;
        var group = make(inner);
        if (group is LookNode { IsBehind: true } && !HasFixedLengths(inner))
            return Refuse("lookbehind assertion is not fixed length", start);
        // In parentheses even an anchor can be repeated, and nothing is something.
        return group switch { EmptyNode => new SequenceNode([]), AssertionNode => new SequenceNode([group]), _ => group };
    }

    private static bool HasFixedLengths(PatternNode body) =>
        body is AlternationNode alternation
            ? alternation.Branches.TrueForAll(b => b.Length != PatternNode.Varies)
            : body.Length != PatternNode.Varies;

    /// <summary><c>(?i)</c> and its kin: nothing in itself.</summary>
    private static EmptyNode Nothing() => new();

    private bool ReadOptions()
    {
        var value = true;
        while (true)
        {
            switch (Peek())
            {
                case '-':
                    value = false;
                    break;
                case 'i':
                    _ignoreCase = value;
                    break;
                case 'm':
                    _multiline = value;
                    break;
                case 's':
                    _dotAll = value;
                    break;
                case 'x':
                    _extended = value;
                    break;
                case ')' or ':':
                    return true;
                case -1:
                    Refuse("missing closing parenthesis", _at);
                    return false;
                default:
                    Refuse("unrecognized character after (? or (?-", _at);
                    return false;
            }
            _at++;
        }
    }

    private string? ReadName(char terminator)
    {
        var start = _at;
        var name = new StringBuilder();
        while (IsWord(Peek()))
            name.Append((char)_pattern[_at++]);
        if (name.Length > 0 && char.IsAsciiDigit(name[0]))
            Refuse("subpattern name must start with a non-digit", start);
        else if (name.Length == 0 && _at < _pattern.Length)
            Refuse("subpattern name expected", start);
        else if (name.Length > MaxNameLength)
            Refuse("subpattern name is too long (maximum 32 code units)", start + MaxNameLength);
        else if (!Take(terminator))
            Refuse("syntax error in subpattern name (missing terminator?)", _at);
        return Problem is null ? name.ToString() : null;
    }

    private static bool IsWord(int codePoint) => codePoint >= 0 && NamedSets.Word.Contains(codePoint);

    private PatternNode? ParseEscape()
    {
        if (_at >= _pattern.Length)
            return Refuse("\\ at end of pattern", _at);
        var c = Peek();
        switch (c)
        {
            case 'b':
                return Assertion(RegExpOp.WordBoundary);
            case 'B':
                return Assertion(RegExpOp.NotWordBoundary);
            case 'A':
                return Assertion(RegExpOp.TextStart);
            case 'Z':
                return Assertion(RegExpOp.End);
            case 'z':
                return Assertion(RegExpOp.TextEnd);
            case 'N' when Peek(1) != '{':
                _at++;
                return new CharacterNode(NamedSets.NotNewline);
            case 'R':
                _at++;
                return LineBreak();
            case 'k':
                return NamedReference();
            case >= '1' and <= '9':
                return NumberedReferenceOrOctal();
            case 'G' or 'K' or 'X' or 'C' or 'g':
                return Refuse($"\\{(char)c} is not supported", _at);
        }
        if (ReadClassEscape() is { } set)
            return new CharacterNode(set);
        if (Problem is not null)
            return null;
        return ReadCharacterEscape(out var codePoint) ? Literal(codePoint) : null;
    }

    private AssertionNode Assertion(RegExpOp op)
    {
        _at++;
        return new AssertionNode(op);
    }

    private static AtomicNode LineBreak() => new(new AlternationNode(
    [
        new SequenceNode([new CharacterNode(new CharacterSet(['\r', '\r'])), new CharacterNode(new CharacterSet(['\n', '\n']))]),
        new CharacterNode(NamedSets.Vertical),
    ]));

    private BackReferenceNode? NamedReference()
    {
        _at++;
        char terminator;
        switch (Peek())
        {
            case '<':
                terminator = '>';
                break;
            case '{':
                terminator = '}';
                break;
            case '\'':
                terminator = '\'';
                break;
            default:
                Refuse("\\k is not followed by a braced, angle-bracketed, or quoted name", _at);
                return null;
        }
        _at++;
        var start = _at;
        if (ReadName(terminator) is not { } name)
            return null;
        var node = new BackReferenceNode(_ignoreCase);
        _references.Add((node, 0, name, start));
        return node;
    }

    /// <summary>Below ten, or as many groups as there are so far: a reference. Else octal.</summary>
    private PatternNode? NumberedReferenceOrOctal()
    {
        var start = _at;
        var number = 0;
        while (Peek() is >= '0' and <= '9' && number < 100_000)
            number = number * 10 + (_pattern[_at++] - '0');
        if (number < 10 || _pattern[start] >= '8' || number <= GroupCount)
        {
            var node = new BackReferenceNode(_ignoreCase);
            _references.Add((node, number, null, start));
            return node;
        }
        _at = start;
        return Literal(ReadOctal());
    }

    private int ReadOctal()
    {
        var value = 0;
        for (var i = 0; i < 3 && Peek() is >= '0' and <= '7'; i++)
            value = value * 8 + (_pattern[_at++] - '0');
        return value;
    }

    /// <summary>An escape that stands for a set of code points, or null.</summary>
    private CharacterSet? ReadClassEscape()
    {
        var set = Peek() switch
        {
            'd' => NamedSets.Digit,
            'D' => NamedSets.NotDigit,
            'w' => NamedSets.Word,
            'W' => NamedSets.NotWord,
            's' => NamedSets.Space,
            'S' => NamedSets.NotSpace,
            'h' => NamedSets.Horizontal,
            'H' => NamedSets.NotHorizontal,
            'v' => NamedSets.Vertical,
            'V' => NamedSets.NotVertical,
            _ => null,
        };
        if (set is not null)
        {
            _at++;
            return set;
        }
        return Peek() is 'p' or 'P' ? ReadProperty() : null;
    }

    /// <summary><c>\p{Lu}</c>, <c>\pL</c>: general categories. Scripts are refused by name.</summary>
    private CharacterSet? ReadProperty()
    {
        var negated = Peek() == 'P';
        var start = _at++;
        var name = "";
        if (Take('{'))
        {
            negated ^= Take('^');
            while (Peek() is > 0 and < 128 and not '}')
                name += (char)_pattern[_at++];
            if (!Take('}'))
            {
                Refuse("malformed \\P or \\p sequence", _at);
                return null;
            }
        }
        else if (_at < _pattern.Length)
        {
            name = ((char)_pattern[_at++]).ToString();
        }
        if (UnicodeSets.Category(name) is not { } set)
        {
            Refuse(name.Length > 2 ? $"unicode property \"{name}\" is not supported" : "malformed \\P or \\p sequence", start + 1);
            return null;
        }
        if (!negated)
            return set;
        var complement = new CharacterSetBuilder();
        complement.Add(set);
        return complement.Build(negated: true);
    }

    /// <summary>An escape that stands for one code point; <see cref="_at"/> is after the backslash.</summary>
    private bool ReadCharacterEscape(out int codePoint)
    {
        var start = _at;
        codePoint = _pattern[_at++];
        if (_keepsUnknownEscapes && codePoint < 128 && FreeLetters.Contains((char)codePoint))
            return true;
        switch (codePoint)
        {
            case 'n':
                codePoint = '\n';
                return true;
            case 'r':
                codePoint = '\r';
                return true;
            case 't':
                codePoint = '\t';
                return true;
            case 'f':
                codePoint = '\f';
                return true;
            case 'a':
                codePoint = 7;
                return true;
            case 'e':
                codePoint = 27;
                return true;
            case '0':
                _at--;
                codePoint = ReadOctal();
                return true;
            case 'x':
                if (TryReadHex(2, out var byteValue))
                    codePoint = byteValue;
                else if (Peek() == '{')
                    return ReadBracedHex(out codePoint);
                return true;                            // without its digits it is the letter
            case 'u':
                if (!TryReadHex(4, out var unit))
                    return true;
                codePoint = unit;
                if (unit is < 0xD800 or > 0xDFFF)
                    return true;
                Refuse("disallowed Unicode code point (>= 0xd800 && <= 0xdfff)", _at);
                return false;
            case 'c':
                if (_at >= _pattern.Length)
                {
                    Refuse("\\c at end of pattern", _at);
                    return false;
                }
                if (_pattern[_at] is < 32 or > 126)
                {
                    Refuse("\\c must be followed by a printable ASCII character", _at);
                    return false;
                }
                codePoint = CaseFolding.ToUpper(_pattern[_at++]) ^ 0x40;
                return true;
            case 'F' or 'L' or 'l' or 'U' or 'N':
                Refuse("PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u", _at);
                return false;
        }
        if (codePoint < 128 && char.IsAsciiLetterOrDigit((char)codePoint))
        {
            Refuse("unrecognized character follows \\", start);
            return false;
        }
        return true;
    }

    private bool ReadBracedHex(out int codePoint)
    {
        codePoint = 'x';
        var end = Array.IndexOf(_pattern, '}', _at);
        if (end < 0 || end == _at + 1)
        {
            Refuse("non-hex character in \\x{} (closing brace missing?)", _at);
            return false;
        }
        codePoint = 0;
        for (var i = _at + 1; i < end; i++)
        {
            var digit = HexDigit(_pattern[i]);
            if (digit < 0 || codePoint > CharacterSet.MaxCodePoint)
            {
                Refuse(digit < 0
                    ? "non-hex character in \\x{} (closing brace missing?)"
                    : "character code point value in \\x{} or \\o{} is too large", i);
                return false;
            }
            codePoint = codePoint * 16 + digit;
        }
        _at = end + 1;
        if (codePoint > CharacterSet.MaxCodePoint)
            Refuse("character code point value in \\x{} or \\o{} is too large", _at - 1);
        else if (codePoint is >= 0xD800 and <= 0xDFFF)
            Refuse("disallowed Unicode code point (>= 0xd800 && <= 0xdfff)", _at - 1);
        return Problem is null;
    }

    private bool TryReadHex(int count, out int value)
    {
        value = 0;
        for (var i = 0; i < count; i++)
        {
            var digit = HexDigit(Peek(i));
            if (digit < 0)
                return false;
            value = value * 16 + digit;
        }
        _at += count;
        return true;
    }

    private static int HexDigit(int codePoint) => codePoint switch
    {
        >= '0' and <= '9' => codePoint - '0',
        >= 'a' and <= 'f' => codePoint - 'a' + 10,
        >= 'A' and <= 'F' => codePoint - 'A' + 10,
        _ => -1,
    };

    private CharacterNode? ParseClass()
    {
        var builder = new CharacterSetBuilder();
        var negated = Take('^');
        for (var first = true; ; first = false)
        {
            if (_at >= _pattern.Length)
            {
                Refuse("missing terminating ] for character class", _at);
                return null;
            }
            if (Peek() == ']' && (!first || !Dialect.PatternsArePcre))
            {
                _at++;
                return new CharacterNode(builder.Build(negated));
            }
            if (!ReadClassItem(out var set, out var low))
                return null;
            if (Peek() != '-' || Peek(1) is ']' or -1)
            {
                Add(builder, set, low, low);
                continue;
            }
            if (set is not null)
            {
                Refuse("invalid range in character class", _at);
                return null;
            }
            _at++;
            if (!ReadClassItem(out set, out var high))
                return null;
            if (set is not null || high < low)
            {
                Refuse(set is not null ? "invalid range in character class" : "range out of order in character class",
                    _at - (set is null ? 1 : 0));
                return null;
            }
            Add(builder, null, low, high);
        }
    }

    private void Add(CharacterSetBuilder builder, CharacterSet? set, int low, int high)
    {
        if (set is not null)
            builder.Add(set);
        else if (!_ignoreCase)
            builder.Add(low, high);
        else if (!_areBytes)
            builder.AddIgnoringCase(low, high);
        else
            AddBytesIgnoringCase(builder, low, high);
    }

    /// <summary>Bytes beyond ASCII have no case.</summary>
    private static void AddBytesIgnoringCase(CharacterSetBuilder builder, int low, int high)
    {
        if (low < FirstBeyondAscii)
            builder.AddIgnoringCase(low, Math.Min(high, FirstBeyondAscii - 1));
        builder.Add(low, high);
    }

    private const int FirstBeyondAscii = 0x80;

    private bool ReadClassItem(out CharacterSet? set, out int codePoint)
    {
        set = null;
        codePoint = _pattern[_at++];
        if (codePoint == '[' && Peek() == ':')
        {
            var end = _at + 1;
            while (end < _pattern.Length && (_pattern[end] is >= 'a' and <= 'z' || _pattern[end] == '^'))
                end++;
            if (end + 1 >= _pattern.Length || _pattern[end] != ':' || _pattern[end + 1] != ']')
                return true;
            var isNot = _pattern[_at + 1] == '^';
            var name = new string(Array.ConvertAll(_pattern[(_at + (isNot ? 2 : 1))..end], c => (char)c));
            if (NamedSets.Posix(name) is not { } named)
            {
                Refuse("unknown POSIX class name", _at + 1);
                return false;
            }
            _at = end + 2;
            var items = new CharacterSetBuilder();
            items.Add(named);
            set = items.Build(isNot);
            return true;
        }
        if (codePoint != '\\')
            return true;
        if (_at >= _pattern.Length)
        {
            Refuse("\\ at end of pattern", _at);
            return false;
        }
        switch (Peek())
        {
            case 'b':
                _at++;
                codePoint = '\b';
                return true;
            case >= '1' and <= '7':
                codePoint = ReadOctal();
                return true;
            case '8' or '9':
                codePoint = _pattern[_at++];
                return true;
            case >= 'A' and <= 'z' and var c when _keepsUnknownEscapes && FreeInClass.Contains((char)c):
                codePoint = _pattern[_at++];
                return true;
            case 'B' or 'R' or 'X':
                Refuse("escape sequence is invalid in character class", _at);
                return false;
        }
        set = ReadClassEscape();
        return set is not null || (Problem is null && ReadCharacterEscape(out codePoint));
    }
}

/// <summary>Sets of general categories, made when a pattern first asks for one: there are few, so they are kept.</summary>
internal static class UnicodeSets
{
    private static readonly Dictionary<string, UnicodeCategory> Categories = new()
    {
        ["Lu"] = UnicodeCategory.UppercaseLetter, ["Ll"] = UnicodeCategory.LowercaseLetter, ["Lt"] = UnicodeCategory.TitlecaseLetter,
        ["Lm"] = UnicodeCategory.ModifierLetter, ["Lo"] = UnicodeCategory.OtherLetter, ["Mn"] = UnicodeCategory.NonSpacingMark,
        ["Mc"] = UnicodeCategory.SpacingCombiningMark, ["Me"] = UnicodeCategory.EnclosingMark, ["Nd"] = UnicodeCategory.DecimalDigitNumber,
        ["Nl"] = UnicodeCategory.LetterNumber, ["No"] = UnicodeCategory.OtherNumber, ["Zs"] = UnicodeCategory.SpaceSeparator,
        ["Zl"] = UnicodeCategory.LineSeparator, ["Zp"] = UnicodeCategory.ParagraphSeparator, ["Cc"] = UnicodeCategory.Control,
        ["Cf"] = UnicodeCategory.Format, ["Cs"] = UnicodeCategory.Surrogate, ["Co"] = UnicodeCategory.PrivateUse, ["Cn"] =
            UnicodeCategory.OtherNotAssigned,
        ["Pc"] = UnicodeCategory.ConnectorPunctuation, ["Pd"] = UnicodeCategory.DashPunctuation, ["Ps"] = UnicodeCategory.OpenPunctuation,
        ["Pe"] = UnicodeCategory.ClosePunctuation, ["Pi"] = UnicodeCategory.InitialQuotePunctuation, ["Pf"] =
            UnicodeCategory.FinalQuotePunctuation,
        ["Po"] = UnicodeCategory.OtherPunctuation, ["Sm"] = UnicodeCategory.MathSymbol, ["Sc"] = UnicodeCategory.CurrencySymbol,
        ["Sk"] = UnicodeCategory.ModifierSymbol, ["So"] = UnicodeCategory.OtherSymbol,
    };

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, CharacterSet> Made = new();

    /// <summary>A category by its two letters, or all of a family by one; null if there is none.</summary>
    public static CharacterSet? Category(string name)
    {
        if (name == "Any")
            return NamedSets.Everything;
        var isKnown = name == "L&" || Categories.ContainsKey(name) || name is ['L' or 'M' or 'N' or 'Z' or 'C' or 'P' or 'S'];
        return isKnown ? Made.GetOrAdd(name, Make) : null;
    }

    private static CharacterSet Make(string name)
    {
        var wanted = new HashSet<UnicodeCategory>();
        foreach (var (key, category) in Categories)
        {
            if (key == name || key[..1] == name || (name == "L&" && key is "Lu" or "Ll" or "Lt"))
                wanted.Add(category);
        }
        var builder = new CharacterSetBuilder();
        var start = -1;
        for (var codePoint = 0; codePoint <= CharacterSet.MaxCodePoint + 1; codePoint++)
        {
            var isIn = codePoint <= CharacterSet.MaxCodePoint && wanted.Contains(CharUnicodeInfo.GetUnicodeCategory(codePoint));
            if (isIn && start < 0)
                start = codePoint;
            if (isIn || start < 0)
                continue;
            builder.Add(start, codePoint - 1);
            start = -1;
        }
        return builder.Build();
    }
}
