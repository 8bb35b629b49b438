namespace Brink.JavaScript.BuiltIns.Dates;

/// <summary>
/// The calendar of ECMAScript 21.4.1 on doubles: milliseconds since 1970, the Gregorian calendar extended both ways, UTC only.
/// </summary>
internal static class DateMath
{
    public const double MillisecondsPerDay = 86_400_000;
    private const double MaxTime = 8.64e15;

    /// <summary>A moment taken apart; Month from 0, WeekDay from Sunday.</summary>
    public readonly record struct Fields(double Year, int Month, int Day, int Hour, int Minute, int Second, int Millisecond, int WeekDay);

    /// <summary>NaN beyond 100 million days around 1970; without fraction, and without a negative zero.</summary>
    public static double TimeClip(double time) => Math.Abs(time) <= MaxTime ? Math.Truncate(time) + 0.0 : double.NaN;

    /// <summary>Fields that are out of range carry over; NaN if one is not finite.</summary>
    public static double MakeTime(double hour, double minute, double second, double millisecond) =>
        !double.IsFinite(hour + minute + second + millisecond)
            ? double.NaN
            : Math.Truncate(hour) * 3_600_000 + Math.Truncate(minute) * 60_000 + Math.Truncate(second) * 1000 + Math.Truncate(millisecond);

    /// <summary>The number of a day; the month counts from 0 and may be any integer.</summary>
    public static double MakeDay(double year, double month, double day)
    {
        if (!double.IsFinite(year + month + day))
            return double.NaN;
        year = Math.Truncate(year);
        month = Math.Truncate(month);
        var wholeYear = year + Math.Floor(month / 12);
        if (Math.Abs(wholeYear) > 400_000)
            return double.NaN;
        var monthInYear = month - Math.Floor(month / 12) * 12;
        return DayOf(wholeYear, (int)monthInYear) + Math.Truncate(day) - 1;
    }

    public static double MakeDate(double day, double time)
    {
        var date = day * MillisecondsPerDay + time;
        return double.IsFinite(date) ? date : double.NaN;
    }

    /// <summary>The first day of a month. The year is counted from March, so that the leap day is its last.</summary>
    private static double DayOf(double year, int month)
    {
        var y = month < 2 ? year - 1 : year;
        var era = Math.Floor(y / 400);
        var yearOfEra = y - era * 400;
        var dayOfYear = (153 * ((month + 10) % 12) + 2) / 5;
        return era * 146_097 + yearOfEra * 365 + Math.Floor(yearOfEra / 4) - Math.Floor(yearOfEra / 100) + dayOfYear - 719_468;
    }

    /// <summary>The fields of a finite time.</summary>
    public static Fields Split(double time)
    {
        // A time is a whole number of less than 2^53: in integers it is quicker.
        var day = FloorOf((long)time, (long)MillisecondsPerDay);
        var rest = (int)((long)time - day * (long)MillisecondsPerDay);
        var shifted = (int)day + 719_468;
        var era = (int)FloorOf(shifted, 146_097);
        var dayOfEra = shifted - era * 146_097;
        var yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var march = (5 * dayOfYear + 2) / 153;
        var month = (march + 2) % 12;
        var weekDay = (int)((day + 4) % 7);
        return new Fields(
            yearOfEra + era * 400 + (month < 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1,
            rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000, weekDay < 0 ? weekDay + 7 : weekDay);
    }

    private static long FloorOf(long number, long divisor) => (number >= 0 ? number : number - divisor + 1) / divisor;
}
