using System.Globalization;
using Brink.Edge.Messages;
using Brink.Http;

namespace Brink.Edge.Cache.Rules;

/// <summary>How old a response was when it came (RFC 9111 section 4.2.3).</summary>
internal static class InitialAge
{
    // Date has whole seconds, and two clocks rarely agree better than that.
    private static readonly TimeSpan NotToldByDate = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The larger one of what Date says and what Age says. The time the answer took is added to Age only: it was made by a cache on the
    /// way, and the answer may have been under way that long. Without Age it is the time the origin worked; an origin that works longer
    /// than its max-age would lose the cache just when it needs it.
    /// </summary>
    /// <param name="headers">Of the response, as the origin sent them.</param>
    /// <param name="took">From the request to the head of the response.</param>
    /// <param name="now">When the head was there.</param>
    public static TimeSpan Of(HeaderList headers, TimeSpan took, DateTimeOffset now)
    {
        var byAge = TryReadAge(headers.Get("age"), out var age) ? age + took : TimeSpan.Zero;
        if (!HttpDate.TryParse(headers.Get("date"), now, out var date))
            return byAge;
        var byDate = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond)) - date;
        return byDate > NotToldByDate && byDate > byAge ? byDate : byAge;
    }

    /// <summary>
    /// Makes the field of a response that is passed on say what the cache reads in it, so that a hit later on is not younger.
    /// </summary>
    public static void Normalize(HeaderList headers)
    {
        if (headers.Get("age") is not { } field || DeltaSeconds.TryRead(field, out _))
            return;
        if (TryReadAge(field, out var age))
            headers.Set("Age", ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        else
            headers.Remove("age");
    }

    /// <summary>
    /// Says when a response without Date came (RFC 9110 section 6.6.1), where it states when it expires: a cache in front reads the
    /// lifetime in the two, and uses it up by the age. Without a Date it would take the age off a second time.
    /// </summary>
    public static void DateExpiry(HeaderList headers, DateTimeOffset now)
    {
        if (headers.Contains("expires") && !headers.Contains("date"))
            headers.Set("Date", now.ToString("r", CultureInfo.InvariantCulture));
    }

    // Of several members the first counts; one that is no number is as if it were not there (RFC 9111 section 5.1).
    private static bool TryReadAge(string? field, out TimeSpan age)
    {
        var text = field.AsSpan();
        return DeltaSeconds.TryRead(text[..(text.IndexOf(',') is >= 0 and var comma ? comma : text.Length)].Trim(" \t"), out age);
    }
}
