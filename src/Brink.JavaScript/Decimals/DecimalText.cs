using System.Globalization;

namespace Brink.JavaScript.Decimals;

/// <summary>Numbers to text, in the language's own forms (ECMAScript 6.1.6.1.20).</summary>
internal static class DecimalText
{
    /// <summary>No number's text is longer.</summary>
    public const int MaxLength = 32;

    /// <summary>The text of a number.</summary>
    public static string Of(double number)
    {
        Span<char> text = stackalloc char[MaxLength];
        return new string(text[..Format(number, text)]);
    }

    /// <summary>Writes a text that reads back as the same number, in the digits of the engine family; returns its length.</summary>
    public static int Format(double number, Span<char> destination)
    {
        if (number == 0)
            return Copy("0", destination);
        if (double.IsNaN(number))
            return Copy("NaN", destination);
        if (double.IsInfinity(number))
            return Copy(number > 0 ? "Infinity" : "-Infinity", destination);
        if (number == (long)number && Math.Abs(number) < 1e15)
        {
            ((long)number).TryFormat(destination, out var written, provider: CultureInfo.InvariantCulture);
            return written;
        }

        Span<char> digits = stackalloc char[Grisu.MaxDigits];
        var (count, pointAt) = Grisu.Shortest(Math.Abs(number), digits);
        return Layout(digits[..count], pointAt, number < 0, destination);
    }

    private static int Layout(ReadOnlySpan<char> digits, int pointAt, bool negative, Span<char> destination)
    {
        var at = 0;
        if (negative)
            destination[at++] = '-';
        if (pointAt is > 0 and <= 21)
        {
            var whole = Math.Min(pointAt, digits.Length);
            digits[..whole].CopyTo(destination[at..]);
            at += whole;
            for (var i = whole; i < pointAt; i++)
                destination[at++] = '0';
            if (digits.Length <= pointAt)
                return at;
            destination[at++] = '.';
            digits[pointAt..].CopyTo(destination[at..]);
            return at + digits.Length - pointAt;
        }
        if (pointAt is > -6 and <= 0)
        {
            at += Copy("0.", destination[at..]);
            for (var i = pointAt; i < 0; i++)
                destination[at++] = '0';
            digits.CopyTo(destination[at..]);
            return at + digits.Length;
        }
        destination[at++] = digits[0];
        if (digits.Length > 1)
        {
            destination[at++] = '.';
            digits[1..].CopyTo(destination[at..]);
            at += digits.Length - 1;
        }
        destination[at++] = 'e';
        destination[at++] = pointAt > 0 ? '+' : '-';
        Math.Abs(pointAt - 1).TryFormat(destination[at..], out var written, provider: CultureInfo.InvariantCulture);
        return at + written;
    }

    private static int Copy(string text, Span<char> destination)
    {
        text.CopyTo(destination);
        return text.Length;
    }
}
