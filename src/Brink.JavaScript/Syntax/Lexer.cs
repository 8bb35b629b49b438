using System.Buffers;
using System.Globalization;
using System.Text;

namespace Brink.JavaScript.Syntax;

/// <summary>
/// Cuts the source into tokens, one at a time: its properties describe the current token. The parser decides what only
/// grammar can know, whether a slash begins a regular expression and where a template goes on.
/// </summary>
internal sealed class Lexer(string source, Runtime runtime, NameTable names)
{
    private static readonly SearchValues<char> DoubleQuotedStops = SearchValues.Create("\"\\\n\r");
    private static readonly SearchValues<char> SingleQuotedStops = SearchValues.Create("'\\\n\r");

    /// <summary>
    /// Told of a refused literal that could be read all the same, so that the rest of the file can be checked too. Null: it is refused.
    /// </summary>
    public Action<string, string, Position>? Lenient { get; init; }

    private int _position;
    private int _line = 1;
    private int _lineStart;
    private StringBuilder? _text;
    private char[]? _digits;

    public TokenKind Kind { get; private set; }

    /// <summary>Offset of the current token's first character.</summary>
    public int Start { get; private set; }

    /// <summary>Offset after the current token.</summary>
    public int End => _position;

    /// <summary>Offset after the token before the current one.</summary>
    public int PreviousEnd { get; private set; }

    public TokenKind PreviousKind { get; private set; }

    /// <summary>A line ended between the previous token and this one.</summary>
    public bool NewlineBefore { get; private set; }

    /// <summary>The number of a name or keyword in the <see cref="NameTable"/>.</summary>
    public int Name { get; private set; }

    /// <summary>A name's or keyword's text, or a string's value.</summary>
    public string Text { get; private set; } = "";

    public double Number { get; private set; }

    public Position Position { get; private set; } = new(0, 1, 1);

    /// <summary>Everything needed to go back to a token after looking ahead.</summary>
    internal readonly record struct Mark(
        int End, int Line, int LineStart, TokenKind Kind, int Start, int PreviousEnd, TokenKind PreviousKind,
        bool NewlineBefore, int Name, string Text, double Number, Position Position);

    public Mark Save() =>
        new(_position, _line, _lineStart, Kind, Start, PreviousEnd, PreviousKind, NewlineBefore, Name, Text, Number, Position);

    public void Restore(in Mark mark)
    {
        (_position, _line, _lineStart) = (mark.End, mark.Line, mark.LineStart);
        (Kind, Start, PreviousEnd, PreviousKind) = (mark.Kind, mark.Start, mark.PreviousEnd, mark.PreviousKind);
        (NewlineBefore, Name, Text, Number, Position) = (mark.NewlineBefore, mark.Name, mark.Text, mark.Number, mark.Position);
    }

    public void Next()
    {
        PreviousEnd = _position;
        PreviousKind = Kind;
        NewlineBefore = false;
        SkipBlanks();
        Start = _position;
        Position = new Position(_position, _line, _position - _lineStart + 1);
        Kind = _position < source.Length ? Scan(source[_position]) : TokenKind.EndOfInput;
    }

    /// <summary>Offset of the token after the current one, without reading it, and whether a line ends before it.</summary>
    public int PeekNext(out bool newlineBefore)
    {
        var (position, line, lineStart, newline) = (_position, _line, _lineStart, NewlineBefore);
        NewlineBefore = false;
        SkipBlanks();
        var next = _position;
        newlineBefore = NewlineBefore;
        (_position, _line, _lineStart, NewlineBefore) = (position, line, lineStart, newline);
        return next;
    }

    // ---------------------------------------------------------------- blanks and comments

    private void SkipBlanks()
    {
        while (_position < source.Length)
        {
            var c = source[_position];
            if (c is ' ' or '\t')
            {
                _position++;
            }
            else if (IsLineEnd(c))
            {
                EndLine(c);
                NewlineBefore = true;
            }
            else if (c == '/' && Peek(1) == '/')
            {
                var rest = source.AsSpan(_position).IndexOfAny("\n\r\u2028\u2029");
                _position = rest < 0 ? source.Length : _position + rest;
            }
            else if (c == '/' && Peek(1) == '*')
            {
                SkipBlockComment();
            }
            else if (c is '\v' or '\f' or '\u00a0' or '\ufeff' || c > 127 && char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator)
            {
                _position++;
            }
            else
            {
                return;
            }
        }
    }

    private void SkipBlockComment()
    {
        var start = Here();
        _position += 2;
        while (_position < source.Length)
        {
            var c = source[_position];
            if (c == '*' && Peek(1) == '/')
            {
                _position += 2;
                return;
            }
            if (IsLineEnd(c))
            {
                EndLine(c);
                NewlineBefore = true;
            }
            else
            {
                _position++;
            }
        }
        // The engine has read to the end when it finds out: that is the line in its words.
        throw Refuse("Unexpected token \"/*\"", start, line: Here().Line);
    }

    private static bool IsLineEnd(char c) => c is '\n' or '\r' or '\u2028' or '\u2029';

    private void EndLine(char c)
    {
        _position += c == '\r' && Peek(1) == '\n' ? 2 : 1;
        _line++;
        _lineStart = _position;
    }

    private char Peek(int ahead) => _position + ahead < source.Length ? source[_position + ahead] : '\0';

    private Position Here() => new(_position, _line, _position - _lineStart + 1);

    // ---------------------------------------------------------------- tokens

    private TokenKind Scan(char c)
    {
        if (IsNameStart(c))
            return ScanName();
        if (char.IsAsciiDigit(c))
            return ScanNumber();

        switch (c)
        {
            case '"' or '\'':
                return ScanString(c);
            case '`':
                _position++;
                return TokenKind.Template;
            case '{':
                return Take(1, TokenKind.LeftBrace);
            case '}':
                return Take(1, TokenKind.RightBrace);
            case '(':
                return Take(1, TokenKind.LeftParenthesis);
            case ')':
                return Take(1, TokenKind.RightParenthesis);
            case '[':
                return Take(1, TokenKind.LeftBracket);
            case ']':
                return Take(1, TokenKind.RightBracket);
            case ';':
                return Take(1, TokenKind.Semicolon);
            case ',':
                return Take(1, TokenKind.Comma);
            case ':':
                return Take(1, TokenKind.Colon);
            case '~':
                return Take(1, TokenKind.BitwiseNot);
            case '.':
                if (char.IsAsciiDigit(Peek(1)))
                    return ScanNumber();
                return Peek(1) == '.' && Peek(2) == '.' ? Take(3, TokenKind.Ellipsis) : Take(1, TokenKind.Dot);
            case '?':
                if (Peek(1) == '?' && Dialect.AcceptsNullishCoalescing)
                    return Take(2, TokenKind.NullishCoalescing);
                return Peek(1) == '.' && !char.IsAsciiDigit(Peek(2)) ? Take(2, TokenKind.OptionalChain) : Take(1, TokenKind.Question);
            case '=':
                if (Peek(1) == '=')
                    return Peek(2) == '=' ? Take(3, TokenKind.StrictEqual) : Take(2, TokenKind.Equal);
                return Peek(1) == '>' ? Take(2, TokenKind.Arrow) : Take(1, TokenKind.Assign);
            case '!':
                if (Peek(1) == '=')
                    return Peek(2) == '=' ? Take(3, TokenKind.StrictNotEqual) : Take(2, TokenKind.NotEqual);
                return Take(1, TokenKind.Not);
            case '+':
                return Peek(1) == '+' ? Take(2, TokenKind.Increment) : TakeOperator(1, TokenKind.Add, TokenKind.AddAssign);
            case '-':
                return Peek(1) == '-' ? Take(2, TokenKind.Decrement) : TakeOperator(1, TokenKind.Subtract, TokenKind.SubtractAssign);
            case '*':
                return Peek(1) == '*'
                    ? TakeOperator(2, TokenKind.Power, TokenKind.PowerAssign)
                    : TakeOperator(1, TokenKind.Multiply, TokenKind.MultiplyAssign);
            case '/':
                return TakeOperator(1, TokenKind.Divide, TokenKind.DivideAssign);
            case '%':
                return TakeOperator(1, TokenKind.Remainder, TokenKind.RemainderAssign);
            case '^':
                return TakeOperator(1, TokenKind.BitwiseXor, TokenKind.BitwiseXorAssign);
            case '&':
                return Peek(1) == '&' ? Take(2, TokenKind.And) : TakeOperator(1, TokenKind.BitwiseAnd, TokenKind.BitwiseAndAssign);
            case '|':
                return Peek(1) == '|' ? Take(2, TokenKind.Or) : TakeOperator(1, TokenKind.BitwiseOr, TokenKind.BitwiseOrAssign);
            case '<':
                if (Peek(1) == '<')
                    return TakeOperator(2, TokenKind.ShiftLeft, TokenKind.ShiftLeftAssign);
                return TakeOperator(1, TokenKind.Less, TokenKind.LessOrEqual);
            case '>':
                if (Peek(1) == '>' && Peek(2) == '>')
                    return TakeOperator(3, TokenKind.ShiftRightUnsigned, TokenKind.ShiftRightUnsignedAssign);
                if (Peek(1) == '>')
                    return TakeOperator(2, TokenKind.ShiftRight, TokenKind.ShiftRightAssign);
                return TakeOperator(1, TokenKind.Greater, TokenKind.GreaterOrEqual);
            default:
                var length = char.IsHighSurrogate(c) && char.IsLowSurrogate(Peek(1)) ? 2 : 1;
                throw Refuse(
                    $"Unexpected token \"{source.AsSpan(_position, length)}\"", Position,
                    c == '\\' || char.IsLetter(source, _position) ? "a name of the letters a to z, digits, _ and $" : null);
        }
    }

    private TokenKind Take(int length, TokenKind kind)
    {
        _position += length;
        return kind;
    }

    private TokenKind TakeOperator(int length, TokenKind plain, TokenKind withAssign) =>
        Peek(length) == '=' ? Take(length + 1, withAssign) : Take(length, plain);

    // The engine knows names of ASCII only, and no escapes in them.
    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or '$';

    public static bool IsNamePart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$';

    private TokenKind ScanName()
    {
        var end = _position + 1;
        while (end < source.Length && IsNamePart(source[end]))
            end++;
        var word = source.AsSpan(_position, end - _position);
        _position = end;
        Name = names.Intern(word);
        Text = names.TextOf(Name);
        return word.Length is >= 2 and <= 10 && char.IsAsciiLetterLower(word[0]) ? Keywords.Find(word, runtime) : TokenKind.Name;
    }

    // ---------------------------------------------------------------- numbers

    private TokenKind ScanNumber()
    {
        if (source[_position] == '0')
        {
            var radix = Peek(1) switch { 'x' or 'X' => 16, 'b' or 'B' => 2, 'o' or 'O' => 8, _ => 10 };
            if (radix != 10)
                return ScanRadixNumber(radix);
            if (char.IsAsciiDigit(Peek(1)) || Peek(1) == '_' && runtime == Runtime.CloudFrontJs20)
            {
                if (Lenient is null)
                    throw Refuse($"Unexpected token \"{source.AsSpan(_position, 2)}\"", Position, "0o10 for octal 10; no leading zeros");
                Lenient(SyntaxRules.OctalLiteral, "a number must not begin with 0", Position);
            }
        }

        var isInteger = true;
        var hasSeparators = SkipDigits();
        if (Peek(0) == '.')
        {
            isInteger = false;
            _position++;
            // After the point a separator needs a digit before it, as everywhere; one that ends the fraction may stand before the exponent.
            if (char.IsAsciiDigit(Peek(0)))
                hasSeparators |= SkipDigits() | SkipSeparatorBeforeExponent();
        }
        var end = _position;
        if (Peek(0) is 'e' or 'E')
        {
            var sign = Peek(1) is '+' or '-' ? 1 : 0;
            if (char.IsAsciiDigit(Peek(1 + sign)))
            {
                isInteger = false;
                _position += 1 + sign;
                hasSeparators |= SkipDigits();
                end = _position;
            }
            else if (Peek(1 + sign) == '_' && runtime == Runtime.CloudFrontJs20)
            {
                // The engine takes the e and its sign before it finds no digit.
                _position += 1 + sign;
            }
        }

        var digits = source.AsSpan(Start, end - Start);
        if (isInteger && !hasSeparators && digits.Length <= 15)
        {
            var value = 0L;
            foreach (var digit in digits)
                value = value * 10 + (digit - '0');
            Number = value;
        }
        else
        {
            Number = double.Parse(hasSeparators ? WithoutSeparators(digits) : digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        }
        return TokenKind.Number;
    }

    /// <summary>Digits with single separators between them; true if there was a separator.</summary>
    private bool SkipDigits()
    {
        var separators = false;
        while (true)
        {
            if (char.IsAsciiDigit(Peek(0)))
            {
                _position++;
            }
            else if (Peek(0) == '_' && runtime == Runtime.CloudFrontJs20 && _position > Start && char.IsAsciiDigit(source[_position - 1])
                && char.IsAsciiDigit(Peek(1)))
            {
                separators = true;
                _position++;
            }
            else
            {
                return separators;
            }
        }
    }

    private bool SkipSeparatorBeforeExponent()
    {
        if (Peek(0) != '_' || runtime != Runtime.CloudFrontJs20 || Peek(1) is not ('e' or 'E'))
            return false;
        _position++;
        return true;
    }

    private ReadOnlySpan<char> WithoutSeparators(ReadOnlySpan<char> digits)
    {
        if (_digits is null || _digits.Length < digits.Length)
            _digits = new char[Math.Max(32, digits.Length)];
        var length = 0;
        foreach (var c in digits)
        {
            if (c != '_')
                _digits[length++] = c;
        }
        return _digits.AsSpan(0, length);
    }

    /// <summary>
    /// A literal of hexadecimal, octal or binary digits. Without a digit it is 0, and what follows is the next token; a digit that is too
    /// large makes the literal up to it one wrong token.
    /// </summary>
    private TokenKind ScanRadixNumber(int radix)
    {
        _position += 2;
        if (_position == source.Length)
            throw UnexpectedLiteral(2);
        var begin = _position;
        var value = 0.0;
        // 1.0 counts in 64 bits.
        var bits = 0UL;
        while (true)
        {
            var c = Peek(0);
            var digit = char.IsAsciiHexDigit(c) ? HexValue(c) : int.MaxValue;
            if (digit < radix)
            {
                value = value * radix + digit;
                bits = bits * (uint)radix + (uint)digit;
                _position++;
            }
            else if (c == '_' && runtime == Runtime.CloudFrontJs20 && _position > begin && source[_position - 1] != '_')
            {
                _position++;
            }
            else
            {
                break;
            }
        }
        if (char.IsAsciiDigit(Peek(0)))
            throw UnexpectedLiteral(_position + 1 - Start);
        if (source[_position - 1] == '_')
            _position--;
        Number = runtime == Runtime.CloudFrontJs20 ? value : bits;
        return TokenKind.Number;
    }

    private SyntaxRefusal UnexpectedLiteral(int length) =>
        Refuse($"Unexpected token \"{Clip(source.AsSpan(Start, length))}\"", Position);

    // ---------------------------------------------------------------- strings

    private TokenKind ScanString(char quote)
    {
        var begin = Start + 1;
        var end = EndOfString(begin, quote, out var hasEscapes);
        Text = WellFormed(hasEscapes ? Unescaped(new Literal(begin, end, Position.Line)) : source.Substring(begin, end - begin));
        _position = end + 1;
        return TokenKind.String;
    }

    /// <summary>Where the closing quote stands. Only when there is one the escapes are looked at.</summary>
    private int EndOfString(int begin, char quote, out bool hasEscapes)
    {
        hasEscapes = false;
        var stops = quote == '"' ? DoubleQuotedStops : SingleQuotedStops;
        var at = begin;
        while (true)
        {
            var length = source.AsSpan(at).IndexOfAny(stops);
            at = length < 0 ? source.Length : at + length;
            if (at == source.Length || source[at] is '\n' or '\r')
            {
                // With the line end that stopped it.
                var quoted = source.AsSpan(Start, Math.Min(at + 1, source.Length) - Start);
                throw Refuse($"Unterminated string \"{Clip(quoted)}\"", Position);
            }
            if (source[at] == quote)
                return at;
            hasEscapes = true;
            at = AfterEscaped(at);
        }
    }

    /// <summary>Offset behind a backslash and the character that it takes out of its role, which may be a line end.</summary>
    private int AfterEscaped(int backslash)
    {
        var next = backslash + 1;
        var isPair = next + 1 < source.Length && source[next] == '\r' && source[next + 1] == '\n';
        return Math.Min(next + (isPair ? 2 : 1), source.Length);
    }

    /// <summary>
    /// The text of a literal, and the line that its errors name: the first of a string, the last of a stretch of a template.
    /// </summary>
    private readonly record struct Literal(int Begin, int End, int Line);

    private string Unescaped(in Literal literal)
    {
        var text = (_text ??= new StringBuilder()).Clear();
        _position = literal.Begin;
        while (true)
        {
            var rest = source.AsSpan(_position, literal.End - _position);
            var length = rest.IndexOf('\\');
            AppendPlain(text, length < 0 ? rest : rest[..length]);
            if (length < 0)
                return text.ToString();
            _position += length;
            ScanEscape(text, literal);
        }
    }

    /// <summary>A line end in a template is \n, however the file was saved.</summary>
    private static void AppendPlain(StringBuilder text, ReadOnlySpan<char> plain)
    {
        for (var at = plain.IndexOf('\r'); at >= 0; at = plain.IndexOf('\r'))
        {
            text.Append(plain[..at]).Append('\n');
            plain = plain[(at + 1 < plain.Length && plain[at + 1] == '\n' ? at + 2 : at + 1)..];
        }
        text.Append(plain);
    }

    /// <summary>From the backslash to the end of the escape; appends what it stands for.</summary>
    private void ScanEscape(StringBuilder text, in Literal literal)
    {
        var c = Peek(1);
        switch (c)
        {
            case 'n': text.Append('\n'); break;
            case 't': text.Append('\t'); break;
            case 'r': text.Append('\r'); break;
            case 'b': text.Append('\b'); break;
            case 'f': text.Append('\f'); break;
            case 'v': text.Append('\v'); break;
            case '0': text.Append('\0'); break;
            case >= '1' and <= '7' when runtime == Runtime.CloudFrontJs20:
                throw RefuseEscape("Octal escape sequences can't be used in untagged template literals or in strict mode code", literal,
                    "\\x and two hex digits");
            case '8' or '9' when runtime == Runtime.CloudFrontJs20:
                throw RefuseEscape("The escapes \\8 and \\9 can't be used in untagged template literals or in strict mode code", literal);
            case 'x':
                text.Append((char)ScanHexEscape(2, literal));
                return;
            case 'u':
                if (Peek(2) == '{')
                    ScanCodePointEscape(text, literal);
                else
                    text.Append((char)ScanHexEscape(4, literal));
                return;
            case '\n' or '\r' or '\u2028' or '\u2029':
                _position++;
                EndLine(c);
                return;
            default:
                text.Append(c);
                break;
        }
        _position += 2;
    }

    private int ScanHexEscape(int digits, in Literal literal)
    {
        var value = 0;
        var start = _position;
        _position += 2;
        for (var i = 0; i < digits; i++, _position++)
        {
            if (!char.IsAsciiHexDigit(Peek(0)))
                throw InvalidCodePoint(literal, start);
            value = value * 16 + HexValue(Peek(0));
        }
        return value;
    }

    private void ScanCodePointEscape(StringBuilder text, in Literal literal)
    {
        var start = _position;
        _position += 3;
        var value = 0;
        var digits = 0;
        for (; char.IsAsciiHexDigit(Peek(0)) && value <= 0x10FFFF; digits++, _position++)
            value = value * 16 + HexValue(Peek(0));
        if (Peek(0) == '}')
            _position++;
        else
            digits = 0;
        if (digits == 0 || value > 0x10FFFF)
            throw InvalidCodePoint(literal, start);

        if (value is >= 0xD800 and <= 0xDFFF)
            text.Append((char)value);
        else
            text.Append(char.ConvertFromUtf32(value));
    }

    private static int HexValue(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;

    private SyntaxRefusal InvalidCodePoint(in Literal literal, int escape)
    {
        _position = escape;
        var whole = source.AsSpan(literal.Begin, literal.End - literal.Begin);
        return RefuseEscape($"Invalid Unicode code point \"{Clip(whole)}\"", literal);
    }

    private SyntaxRefusal RefuseEscape(string message, in Literal literal, string? rewrite = null)
    {
        // Lines within a template's stretch are not counted while its escapes are read.
        var place = Position;
        for (var at = place.Offset; at < _position; at++)
        {
            if (IsLineEnd(source[at]) && !(source[at] == '\r' && source[at + 1] == '\n'))
                place = new Position(at + 1, place.Line + 1, 1);
        }
        place = new Position(_position, place.Line, place.Column + _position - place.Offset);
        return Refuse(message, place, rewrite, line: literal.Line);
    }

    /// <summary>Strings hold code points (functions spec 5.5): half of a pair becomes U+FFFD.</summary>
    private static string WellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return text;
        return string.Create(text.Length, text, static (target, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                var isPair = char.IsHighSurrogate(from[i]) && i + 1 < from.Length && char.IsLowSurrogate(from[i + 1]);
                target[i] = char.IsSurrogate(from[i]) && !isPair ? '\uFFFD' : from[i];
                if (isPair)
                    target[++i] = from[i];
            }
        });
    }

    // ---------------------------------------------------------------- what the parser asks for

    /// <summary>
    /// A stretch of a template, from behind its opening <c>`</c> or behind the <c>}</c> that is the current token, up to the closing
    /// <c>`</c> or a <c>${</c>; true for the latter. The caller then asks for the next token.
    /// </summary>
    public bool ScanTemplateStretch(Position template, out string cooked, out string raw)
    {
        var begin = _position;
        var hasEscapes = false;
        while (_position < source.Length)
        {
            var c = source[_position];
            if (c == '`' || c == '$' && Peek(1) == '{')
            {
                FinishStretch(new Literal(begin, _position, _line), hasEscapes, out cooked, out raw);
                _position += c == '`' ? 1 : 2;
                return c == '$';
            }
            if (c == '\\')
            {
                hasEscapes = true;
                if (++_position == source.Length)
                    break;
                c = source[_position];
            }
            if (IsLineEnd(c))
                EndLine(c);
            else
                _position++;
        }
        throw Refuse("Unterminated template literal", template, line: _line);
    }

    private void FinishStretch(in Literal literal, bool hasEscapes, out string cooked, out string raw)
    {
        var plain = source.AsSpan(literal.Begin, literal.End - literal.Begin);
        raw = plain.ToString();
        if (raw.Contains('\r'))
            raw = raw.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        raw = WellFormed(raw);
        cooked = raw;
        if (!hasEscapes)
            return;
        // The lines were counted on the way to the end.
        var (line, lineStart) = (_line, _lineStart);
        cooked = WellFormed(Unescaped(literal));
        (_position, _line, _lineStart) = (literal.End, line, lineStart);
    }

    /// <summary>The current token is a slash where an expression begins: reads on as a regular expression.</summary>
    public (string Pattern, string Flags) ScanRegExp()
    {
        _position = Start + 1;
        var inClass = false;
        while (true)
        {
            if (_position >= source.Length || IsLineEnd(source[_position]))
                throw Refuse($"Unterminated RegExp \"{Clip(source.AsSpan(Start, _position - Start))}\"", Position);
            var c = source[_position++];
            if (c == '/' && !inClass)
                break;
            if (c == '[')
                inClass = true;
            else if (c == ']')
                inClass = false;
            else if (c == '\\' && _position < source.Length && !IsLineEnd(source[_position]))
                _position++;
        }

        var pattern = source.Substring(Start + 1, _position - Start - 2);
        var flagsStart = _position;
        while (_position < source.Length && IsNamePart(source[_position]))
            _position++;
        var flags = source.AsSpan(flagsStart, _position - flagsStart);
        for (var i = 0; i < flags.Length; i++)
        {
            if (Dialect.IsRegExpFlag(flags[i], runtime) && !flags[..i].Contains(flags[i]))
                continue;
            if (Lenient is not null)
            {
                Lenient(SyntaxRules.RegExpFlags, $"the flag {flags[i]} of regular expressions is not supported", Position);
                return (WellFormed(pattern), "");
            }
            throw Refuse($"Invalid RegExp flags \"{Clip(flags)}\"", Position,
                "only the flags g, i and m" + (runtime == Runtime.CloudFrontJs20 ? ", and y" : ""));
        }
        return (WellFormed(pattern), flags.ToString());
    }

    /// <summary>Messages quote the source; a source may be one long line.</summary>
    private static string Clip(ReadOnlySpan<char> text) => text.Length <= 200 ? text.ToString() : $"{text[..200]}...";

    // A line is given where the engine names another one than that of the place.
    public static SyntaxRefusal Refuse(
        string message, Position position, string? rewrite = null, string kind = "SyntaxError", int? line = null) =>
        new(new SyntaxProblem(kind, $"{message} in {line ?? position.Line}", position, rewrite));
}
