using static Brink.JavaScript.BuiltIns.Dates.DateMath;

namespace Brink.JavaScript.BuiltIns.Dates;

/// <summary>Dates to text and back. The time zone is UTC (functions spec 5.6).</summary>
internal static class DateText
{
    public const string Invalid = "Invalid Date";

    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    // ---------------------------------------------------------------- to text; the time must be finite

    /// <summary>No date's text is longer.</summary>
    private const int MaxLength = 48;

    /// <summary><c>2026-11-22T10:00:00.000Z</c>; six digits and a sign for years outside 0 to 9999.</summary>
    public static string ToIso(double time)
    {
        var f = Split(time);
        var writer = new Writer(stackalloc char[MaxLength]);
        if (f.Year is >= 0 and <= 9999)
        {
            writer.Number((int)f.Year, 4);
        }
        else
        {
            writer.Text(f.Year < 0 ? "-" : "+");
            writer.Number((int)Math.Abs(f.Year), 6);
        }
        writer.Text("-");
        writer.Number(f.Month + 1, 2);
        writer.Text("-");
        writer.Number(f.Day, 2);
        writer.Text("T");
        writer.Time(f);
        writer.Text(".");
        writer.Number(f.Millisecond, 3);
        writer.Text("Z");
        return writer.ToString();
    }

    /// <summary><c>Sun, 22 Nov 2026 10:00:00 GMT</c></summary>
    public static string ToUtc(double time)
    {
        var f = Split(time);
        var writer = new Writer(stackalloc char[MaxLength]);
        writer.Text(Days[f.WeekDay]);
        writer.Text(", ");
        writer.Number(f.Day, 2);
        writer.Text(" ");
        writer.Text(Months[f.Month]);
        writer.Text(" ");
        writer.Year(f);
        writer.Text(" ");
        writer.Time(f);
        writer.Text(" GMT");
        return writer.ToString();
    }

    /// <summary><c>Sun Nov 22 2026</c></summary>
    public static string ToDate(double time)
    {
        var writer = new Writer(stackalloc char[MaxLength]);
        writer.Date(Split(time));
        return writer.ToString();
    }

    /// <summary><c>10:00:00 GMT+0000</c></summary>
    public static string ToTime(double time)
    {
        var writer = new Writer(stackalloc char[MaxLength]);
        writer.Time(Split(time));
        writer.Text(Zone);
        return writer.ToString();
    }

    /// <summary><c>Sun Nov 22 2026 10:00:00 GMT+0000</c></summary>
    public static string ToDateAndTime(double time)
    {
        var f = Split(time);
        var writer = new Writer(stackalloc char[MaxLength]);
        writer.Date(f);
        writer.Text(" ");
        writer.Time(f);
        writer.Text(Zone);
        return writer.ToString();
    }

    private const string Zone = " GMT+0000";

    /// <summary>Puts a date's text together.</summary>
    private ref struct Writer(Span<char> room)
    {
        private readonly Span<char> _room = room;
        private int _length;

        public void Text(string text)
        {
            text.CopyTo(_room[_length..]);
            _length += text.Length;
        }

        /// <summary>With zeros in front up to that many digits, and more digits if it has them.</summary>
        public void Number(int number, int digits)
        {
            for (var rest = number; digits < 6 && rest >= Powers[digits];)
                digits++;
            for (var i = digits - 1; i >= 0; i--)
            {
                _room[_length + i] = (char)('0' + number % 10);
                number /= 10;
            }
            _length += digits;
        }

        public void Year(in Fields f)
        {
            if (f.Year < 0)
                Text("-");
            Number((int)Math.Abs(f.Year), 4);
        }

        public void Date(in Fields f)
        {
            Text(Days[f.WeekDay]);
            Text(" ");
            Text(Months[f.Month]);
            Text(" ");
            Number(f.Day, 2);
            Text(" ");
            Year(f);
        }

        public void Time(in Fields f)
        {
            Number(f.Hour, 2);
            Text(":");
            Number(f.Minute, 2);
            Text(":");
            Number(f.Second, 2);
        }

        public override readonly string ToString() => new(_room[.._length]);
    }

    private static ReadOnlySpan<int> Powers => [1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

    // ---------------------------------------------------------------- from text

    /// <summary>
    /// The time that a text names, or NaN: the language's own format and its date-only forms; what toString and toUTCString write; dates of
    /// HTTP (<c>Sun, 22 Nov 2026 10:00:00 GMT</c>); and day, month name and year in either order. Without a zone it is UTC.
    /// </summary>
    public static double Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim(' ');
        if (text.Length is 0 or > 100)
            return double.NaN;
        var iso = ParseIso(text);
        return TimeClip(double.IsNaN(iso) ? ParseWords(text) : iso);
    }

    private static double ParseIso(ReadOnlySpan<char> text)
    {
        var at = 0;
        var sign = 0;
        if (text[0] is '+' or '-')
        {
            sign = text[0] == '-' ? -1 : 1;
            at = 1;
        }
        if (!Number(text, ref at, sign == 0 ? 4 : 6, out var year) || (sign < 0 && year == 0))
            return double.NaN;
        double month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0, offset = 0;
        if (Skip(text, ref at, '-'))
        {
            if (!Number(text, ref at, 2, out month) || month is < 1 or > 12)
                return double.NaN;
            if (Skip(text, ref at, '-') && (!Number(text, ref at, 2, out day) || day is < 1 or > 31))
                return double.NaN;
        }
        if (Skip(text, ref at, 'T'))
        {
            if (!Number(text, ref at, 2, out hour) || !Skip(text, ref at, ':') || !Number(text, ref at, 2, out minute))
                return double.NaN;
            if (Skip(text, ref at, ':') && (!Number(text, ref at, 2, out second) || !Fraction(text, ref at, out millisecond)))
                return double.NaN;
            if (hour > 24 || minute > 59 || second > 59 || (hour == 24 && minute + second + millisecond > 0))
                return double.NaN;
            if (!Skip(text, ref at, 'Z') && at < text.Length && !Offset(text, ref at, out offset))
                return double.NaN;
        }
        return at < text.Length
            ? double.NaN
            : MakeDate(MakeDay(sign < 0 ? -year : year, month - 1, day), MakeTime(hour, minute - offset, second, millisecond));
    }

    private static bool Fraction(ReadOnlySpan<char> text, ref int at, out double millisecond)
    {
        millisecond = 0;
        if (!Skip(text, ref at, '.'))
            return true;
        var digits = 0;
        for (; at < text.Length && char.IsAsciiDigit(text[at]); at++, digits++)
        {
            if (digits < 3)
                millisecond = millisecond * 10 + (text[at] - '0');
        }
        for (var i = digits; i < 3; i++)
            millisecond *= 10;
        return digits > 0;
    }

    private static double ParseWords(ReadOnlySpan<char> text)
    {
        var at = 0;
        // The day of the week is believed, not checked.
        if (Word(text, at, Days) >= 0)
        {
            at += 3;
            Skip(text, ref at, ',');
            SkipSpaces(text, ref at);
        }
        double day;
        int month;
        if (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            if (!Digits(text, ref at, 2, out day) || !SkipSpaces(text, ref at) || !Month(text, ref at, out month))
                return double.NaN;
        }
        else if (!Month(text, ref at, out month) || !SkipSpaces(text, ref at) || !Digits(text, ref at, 2, out day))
        {
            return double.NaN;
        }
        Skip(text, ref at, ',');
        if (!SkipSpaces(text, ref at))
            return double.NaN;
        var isBefore = Skip(text, ref at, '-');
        var yearStart = at;
        if (!Digits(text, ref at, 6, out var year) || at - yearStart < 3 || day is < 1 or > 31)
            return double.NaN;

        double hour = 0, minute = 0, second = 0, offset = 0;
        if (SkipSpaces(text, ref at) && at < text.Length && char.IsAsciiDigit(text[at]))
        {
            if (!Digits(text, ref at, 2, out hour) || !Skip(text, ref at, ':') || !Number(text, ref at, 2, out minute)
                || (Skip(text, ref at, ':') && !Number(text, ref at, 2, out second)) || hour > 24 || minute > 59 || second > 59)
                return double.NaN;
            SkipSpaces(text, ref at);
        }
        if (text[at..].StartsWith("GMT") || text[at..].StartsWith("UTC"))
            at += 3;
        else
            Skip(text, ref at, 'Z');
        if (at < text.Length && text[at] is '+' or '-' && !Offset(text, ref at, out offset))
            return double.NaN;
        SkipSpaces(text, ref at);
        if (at < text.Length && (text[at] != '(' || text[^1] != ')'))       // the zone's name, as other engines write it
            return double.NaN;
        return MakeDate(MakeDay(isBefore ? -year : year, month, day), MakeTime(hour, minute - offset, second, 0));
    }

    private static int Word(ReadOnlySpan<char> text, int at, string[] words) =>
        text.Length - at < 3 ? -1 : IndexOf(words, text.Slice(at, 3));

    private static int IndexOf(string[] words, ReadOnlySpan<char> word)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (word.Equals(words[i], StringComparison.OrdinalIgnoreCase))
                return i;
        }
        return -1;
    }

    private static bool Month(ReadOnlySpan<char> text, ref int at, out int month)
    {
        month = Word(text, at, Months);
        if (month < 0)
            return false;
        while (at < text.Length && char.IsAsciiLetter(text[at]))
            at++;
        return true;
    }

    /// <summary><c>+01:00</c> or <c>+0100</c>, in minutes.</summary>
    private static bool Offset(ReadOnlySpan<char> text, ref int at, out double minutes)
    {
        minutes = 0;
        var sign = text[at] switch { '+' => 1, '-' => -1, _ => 0 };
        at++;
        if (sign == 0 || !Number(text, ref at, 2, out var hours))
            return false;
        Skip(text, ref at, ':');
        if (!Number(text, ref at, 2, out minutes) || hours > 23 || minutes > 59)
            return false;
        minutes = sign * (hours * 60 + minutes);
        return true;
    }

    private static bool Skip(ReadOnlySpan<char> text, ref int at, char c)
    {
        if (at >= text.Length || text[at] != c)
            return false;
        at++;
        return true;
    }

    private static bool SkipSpaces(ReadOnlySpan<char> text, ref int at)
    {
        var start = at;
        while (at < text.Length && text[at] == ' ')
            at++;
        return at > start;
    }

    /// <summary>Exactly that many digits.</summary>
    private static bool Number(ReadOnlySpan<char> text, ref int at, int digits, out double number)
    {
        var start = at;
        return Digits(text, ref at, digits, out number) && at - start == digits;
    }

    /// <summary>One digit or more, up to a bound.</summary>
    private static bool Digits(ReadOnlySpan<char> text, ref int at, int most, out double number)
    {
        var start = at;
        number = 0;
        while (at < text.Length && at - start < most && char.IsAsciiDigit(text[at]))
            number = number * 10 + (text[at++] - '0');
        return at > start;
    }
}
