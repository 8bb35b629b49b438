namespace Brink.Edge.Messages;

/// <summary>
/// The three date forms of HTTP (RFC 9110 section 5.6.7), to the letter but for its case (RFC 9111 section 4.2): what is not one of them
/// is no date.
/// </summary>
internal static class HttpDate
{
    private const string Fixed = "aaa, 00 aaa 0000 00:00:00 GMT";
    private const string Rfc850 = ", 00-aaa-00 00:00:00 GMT";
    private const string Asctime = "aaa aaa  0 00:00:00 0000";

    private static readonly string[] Days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    /// <summary>
    /// False for anything that is not such a date; <c>0</c> and <c>-1</c> are not. The day of the week must be one, but need
    /// not be the date's: origins get it wrong.
    /// </summary>
    /// <param name="text">The value of a field.</param>
    /// <param name="now">Says which century a year of two digits means.</param>
    /// <param name="date">The date, in UTC.</param>
    public static bool TryParse(string? text, DateTimeOffset now, out DateTimeOffset date)
    {
        date = default;
        var rest = text.AsSpan();
        switch (rest.Length)
        {
            case 29: // Sun, 06 Nov 1994 08:49:37 GMT
                return HasForm(rest, Fixed) && IsDay(rest[..3], whole: false)
                    && TryMake(Number(rest.Slice(12, 4)), rest.Slice(8, 3), Number(rest.Slice(5, 2)), rest.Slice(17, 8), out date);
            case 24: // Sun Nov  6 08:49:37 1994
                var padded = rest[8] == ' ';
                var day = padded ? rest.Slice(9, 1) : rest.Slice(8, 2);
                return HasForm(rest[..8], Asctime.AsSpan(0, 8))
                    && (padded || char.IsAsciiDigit(rest[8]))
                    && HasForm(rest[9..], Asctime.AsSpan(9))
                    && IsDay(rest[..3], whole: false)
                    && TryMake(Number(rest[20..]), rest.Slice(4, 3), Number(day), rest.Slice(11, 8), out date);
            default: // Sunday, 06-Nov-94 08:49:37 GMT
                var comma = rest.IndexOf(',');
                if (comma < 0 || !IsDay(rest[..comma], whole: true) || !HasForm(rest[comma..], Rfc850))
                    return false;
                rest = rest[(comma + 2)..];
                var month = rest.Slice(3, 3);
                return TryMake(YearOf(rest, now), month, Number(rest[..2]), rest.Slice(10, 8), out date);
        }
    }

    // 0 stands for a digit, a for a letter that is looked at later, anything else for itself.
    private static bool HasForm(ReadOnlySpan<char> text, ReadOnlySpan<char> form)
    {
        if (text.Length != form.Length)
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            var fits = form[i] switch
            {
                '0' => char.IsAsciiDigit(text[i]),
                'a' => char.IsAsciiLetter(text[i]),
                var itself => char.ToLowerInvariant(text[i]) == char.ToLowerInvariant(itself),
            };
            if (!fits)
                return false;
        }
        return true;
    }

    private static bool IsDay(ReadOnlySpan<char> name, bool whole)
    {
        foreach (var day in Days)
        {
            if (name.Equals(whole ? day : day.AsSpan(0, 3), StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    // The latest year with these two digits in which the date is not more than 50 years ahead.
    private static int YearOf(ReadOnlySpan<char> rest, DateTimeOffset now)
    {
        var latest = now.UtcDateTime.AddYears(Math.Min(50, DateTime.MaxValue.Year - now.Year));
        var year = latest.Year - latest.Year % 100 + Number(rest.Slice(7, 2));
        var isAhead = year > latest.Year
            || (year == latest.Year
                && TryMake(year, rest.Slice(3, 3), Number(rest[..2]), rest.Slice(10, 8), out var date)
                && date > latest);
        if (isAhead)
            year -= 100;
        return year;
    }

    private static bool TryMake(int year, ReadOnlySpan<char> monthName, int day, ReadOnlySpan<char> time, out DateTimeOffset date)
    {
        date = default;
        var month = 0;
        for (var i = 0; i < Months.Length; i++)
        {
            if (monthName.Equals(Months[i], StringComparison.OrdinalIgnoreCase))
                month = i + 1;
        }
        var (hour, minute, second) = (Number(time[..2]), Number(time.Slice(3, 2)), Number(time[6..]));
        if (year is < 1 or > 9998 || month == 0 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 60)
            return false;
        date = new DateTimeOffset(year, month, day, hour, minute, 0, TimeSpan.Zero).AddSeconds(second); // 60 is a leap second
        return true;
    }

    private static int Number(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var digit in digits)
            number = number * 10 + (digit - '0');
        return number;
    }
}
