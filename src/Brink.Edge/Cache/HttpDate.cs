using System.Globalization;

namespace Brink.Edge.Cache;

/// <summary>The three date forms of HTTP (RFC 9110 section 5.6.7).</summary>
internal static class HttpDate
{
    private static readonly string[] Forms =
    [
        "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
        "dddd, dd-MMM-yy HH':'mm':'ss 'GMT'",
        "ddd MMM d HH':'mm':'ss yyyy",
    ];

    /// <summary>False for anything that is not such a date; <c>0</c> and <c>-1</c> are not.</summary>
    public static bool TryParse(string? text, out DateTimeOffset date)
    {
        date = default;
        return text is not null && DateTimeOffset.TryParseExact(
            text,
            Forms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces,
            out date);
    }
}
