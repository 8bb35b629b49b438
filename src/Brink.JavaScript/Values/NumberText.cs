using System.Globalization;
using Brink.JavaScript.Metering;

namespace Brink.JavaScript.Values;

/// <summary>Text to numbers: what the whole text says, and what it begins with (ECMAScript 7.1.4.1).</summary>
internal static class NumberText
{
    // The platform also reads "nan", "1,000" and its like; only these may get as far as its parser.
    private static readonly System.Buffers.SearchValues<char> DecimalCharacters = System.Buffers.SearchValues.Create("0123456789+-.eE");

    /// <summary>Steps of reading a text as a number.</summary>
    public static int StepsToRead(in Value text) =>
        Price.ReadNumber(text.Length, text.IsBmp && text.Length <= Price.OrdinaryNumberCharacters && HasFarExponent(text.Chars));

    /// <summary>Whether a number with an exponent of several digits stands there, <c>5e-324</c>.</summary>
    public static bool HasFarExponent(ReadOnlySpan<char> text)
    {
        var at = text.IndexOfAny('e', 'E');
        if (at <= 0 || !(char.IsAsciiDigit(text[at - 1]) || text[at - 1] == '.'))
            return false;
        at += at + 1 < text.Length && text[at + 1] is '+' or '-' ? 2 : 1;
        return at + 1 < text.Length && char.IsAsciiDigit(text[at]) && char.IsAsciiDigit(text[at + 1]);
    }

    /// <summary>
    /// StringToNumber: white space around, empty is 0, hexadecimal, octal and binary prefixes, NaN for anything else. Runtime 1.0 knows the
    /// hexadecimal prefix only, and takes a sign before it.
    /// </summary>
    public static double ToNumber(in TextView text, Runtime runtime)
    {
        if (text.IsAstral)
            return ToNumber(text.ToString().AsSpan(), runtime);
        return ToNumber(text.Chars, runtime);
    }

    private static double ToNumber(ReadOnlySpan<char> text, Runtime runtime)
    {
        var is10 = runtime == Runtime.CloudFrontJs10;
        var whole = TrimStart(text);
        text = whole[..(whole.LastIndexOfAnyExcept(WhiteSpaceCharacters) + 1)];
        if (text.Length == 0)
            return 0;
        // White space after the letter stands for no digit, which is 0; with nothing after it, it is no number.
        if (whole.Length > 2 && text.Length > 1 && text[0] == '0')
        {
            var radix = (text[1] | 0x20) switch { 'x' => 16, 'o' when !is10 => 8, 'b' when !is10 => 2, _ => 0 };
            if (radix != 0)
                return Digits(text[2..], radix);
        }
        if (is10 && whole.Length > 3 && text is ['+' or '-', '0', 'x' or 'X', ..])
            return text[0] == '-' ? -Digits(text[3..], 16) : Digits(text[3..], 16);
        if (text is "Infinity" or "+Infinity")
            return double.PositiveInfinity;
        if (text is "-Infinity")
            return double.NegativeInfinity;
        if (text.IndexOfAnyExcept(DecimalCharacters) >= 0)
            return double.NaN;
        return double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture, out var number)
            ? number
            : double.NaN;
    }

    /// <summary>WhiteSpace and LineTerminator of the language.</summary>
    public const string WhiteSpace =
        "\t\n\v\f\r \u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF";

    private static readonly System.Buffers.SearchValues<char> WhiteSpaceCharacters = System.Buffers.SearchValues.Create(WhiteSpace);

    private static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text)
    {
        var start = text.IndexOfAnyExcept(WhiteSpaceCharacters);
        return start < 0 ? default : text[start..];
    }

    private static double Digits(ReadOnlySpan<char> text, int radix)
    {
        var number = 0.0;
        foreach (var c in text)
        {
            var digit = DigitOf(c);
            if (digit >= radix)
                return double.NaN;
            number = number * radix + digit;
        }
        return number;
    }

    /// <summary>0 to 35, or more than any radix.</summary>
    private static int DigitOf(char c) =>
        char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? (c | 0x20) - 'a' + 10 : int.MaxValue;

    /// <summary>
    /// The number that the text begins with, in a radix of 2 to 36, or 0 to let the text say 16 or 10. NaN if it begins with none.
    /// </summary>
    public static double ParseInt(ReadOnlySpan<char> text, int radix)
    {
        text = TrimStart(text);
        var negative = text is ['-', ..];
        if (text is ['-' or '+', ..])
            text = text[1..];
        if (radix is 0 or 16 && text is ['0', 'x' or 'X', ..])
        {
            text = text[2..];
            radix = 16;
        }
        if (radix == 0)
            radix = 10;
        if (radix is < 2 or > 36)
            return double.NaN;
        var length = 0;
        while (length < text.Length && DigitOf(text[length]) < radix)
            length++;
        if (length == 0)
            return double.NaN;
        var number = radix == 10
            ? double.Parse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture)
            : Digits(text[..length], radix);
        return negative ? -number : number;
    }

    /// <summary>The decimal number that the text begins with, or NaN.</summary>
    public static double ParseFloat(ReadOnlySpan<char> text)
    {
        text = TrimStart(text);
        var at = text is ['-' or '+', ..] ? 1 : 0;
        if (text[at..].StartsWith("Infinity"))
            return text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        var digits = SkipDigits(text, ref at);
        if (at < text.Length && text[at] == '.')
        {
            at++;
            digits += SkipDigits(text, ref at);
        }
        if (digits == 0)
            return double.NaN;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            var after = at + 1;
            if (after < text.Length && text[after] is '-' or '+')
                after++;
            if (SkipDigits(text, ref after) > 0)
                at = after;
        }
        return double.Parse(text[..at], NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture);
    }

    private static int SkipDigits(ReadOnlySpan<char> text, ref int at)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return at - start;
    }
}
