namespace Brink.Edge.Messages;

/// <summary>A number of seconds in a field of HTTP (RFC 9111 section 1.2.2): digits and nothing else.</summary>
internal static class DeltaSeconds
{
    /// <summary>The number, which stops growing at 2^31; false for anything but digits.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out TimeSpan seconds)
    {
        long number = 0;
        foreach (var digit in text)
        {
            if (!char.IsAsciiDigit(digit))
            {
                seconds = default;
                return false;
            }
            number = Math.Min(number * 10 + (digit - '0'), int.MaxValue);
        }
        seconds = TimeSpan.FromSeconds(number);
        return !text.IsEmpty;
    }
}
