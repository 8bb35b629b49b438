using System.Globalization;

namespace Brink.Edge.Cache;

/// <summary>The three date forms of HTTP (RFC 9110 section 5.6.7).</summary>
internal static class HttpDate
{
    private static readonly string[] Forms =
    [
        "dd MMM yyyy HH':'mm':'ss 'GMT'",
        "d MMM yyyy HH':'mm':'ss 'GMT'",
        "dd-MMM-yy HH':'mm':'ss 'GMT'",
        "MMM d HH':'mm':'ss yyyy",
    ];

    /// <summary>
    /// False for anything that is not such a date; <c>0</c> and <c>-1</c> are not. The day of the week says nothing that the date does not,
    /// and origins get it wrong: it is not looked at.
    /// </summary>
    public static bool TryParse(string? text, out DateTimeOffset date)
    {
        date = default;
        var rest = text.AsSpan().Trim();
        var weekday = rest.IndexOf(' ');
        return weekday > 0 && DateTimeOffset.TryParseExact(
            rest[(weekday + 1)..],
            Forms,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces,
            out date);
    }
}
