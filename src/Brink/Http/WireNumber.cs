using System.Numerics;

namespace Brink.Http;

/// <summary>
/// Numbers as protocols write them: digits and nothing else (<c>1*DIGIT</c>). .NET's own readers let a NUL pass behind a number, and some
/// of them a sign or a blank; where two readers see different numbers, one message is read as two.
/// </summary>
public static class WireNumber
{
    /// <summary>Reads a number. False for no digits, anything that is no digit, and what is too large.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out long number) => Read(text, out number) == Outcome.Number;

    /// <inheritdoc cref="TryRead(ReadOnlySpan{char}, out long)"/>
    public static bool TryRead(ReadOnlySpan<byte> text, out long number) => Read(text, out number) == Outcome.Number;

    /// <summary>Reads a number that is not above <paramref name="most"/>.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, int most, out int number)
    {
        var isNumber = TryRead(text, out var read) && read <= most;
        number = isNumber ? (int)read : 0;
        return isNumber;
    }

    /// <summary>
    /// Reads a number; one that is too large is the largest there is, where a protocol says so (RFC 9111 section 1.2.2) or it makes no
    /// difference.
    /// </summary>
    public static bool TryReadSaturating(ReadOnlySpan<char> text, out long number)
    {
        var outcome = Read(text, out number);
        if (outcome == Outcome.TooLarge)
            number = long.MaxValue;
        return outcome != Outcome.NoNumber;
    }

    /// <summary>Reads the two hexadecimal digits of a percent escape.</summary>
    public static bool TryReadHexByte(ReadOnlySpan<char> digits, out byte value)
    {
        var isByte = digits.Length == 2 && char.IsAsciiHexDigit(digits[0]) && char.IsAsciiHexDigit(digits[1]);
        value = isByte ? (byte)((HexValue(digits[0]) << 4) | HexValue(digits[1])) : (byte)0;
        return isByte;
    }

    private static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private static Outcome Read<T>(ReadOnlySpan<T> text, out long number) where T : unmanaged, IBinaryInteger<T>
    {
        number = 0;
        if (text.IsEmpty)
            return Outcome.NoNumber;
        var outcome = Outcome.Number;
        long read = 0;
        foreach (var character in text)
        {
            var digit = int.CreateTruncating(character) - '0';
            if (digit is < 0 or > 9)
                return Outcome.NoNumber;
            if (read > (long.MaxValue - digit) / 10)
                outcome = Outcome.TooLarge; // what follows must be digits all the same
            else if (outcome == Outcome.Number)
                read = read * 10 + digit;
        }
        number = outcome == Outcome.Number ? read : 0;
        return outcome;
    }

    private enum Outcome
    {
        NoNumber,
        Number,
        TooLarge,
    }
}
