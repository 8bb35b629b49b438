using System.Collections.Immutable;
using System.Globalization;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache.Rules;

/// <summary>Which rule gives an object its time, in words: what <see cref="Freshness.Of"/> decides (distribution spec 3.3, 3.13).</summary>
internal static class FreshnessRule
{
    /// <summary>The rule for an answer that is kept.</summary>
    public static string Of(
        CachePolicy policy, ImmutableDictionary<int, TimeSpan> errorCachingMinTtl, int statusCode, HeaderList headers)
    {
        var control = CacheControl.Read(headers);
        if (statusCode >= 400)
            return OfError(policy, Freshness.ErrorMinTtl(errorCachingMinTtl, statusCode), control, headers);
        if (control.ForbidsStoring)
            return $"MinTTL of {policy.Name}, since Cache-Control has no-cache, no-store or private";
        return Given(control, headers) is { } given
            ? $"{given.Text}{Bounded(given.Time, policy.MinTtl, policy.MaxTtl)}"
            : policy.MinTtl > policy.DefaultTtl
                ? $"MinTTL of {policy.Name}, which is more than its DefaultTTL: the origin says nothing"
                : $"DefaultTTL of {policy.Name}: the origin says nothing";
    }

    private static string OfError(CachePolicy policy, TimeSpan least, in CacheControl control, HeaderList headers)
    {
        var errorMin = $"ErrorCachingMinTTL {Seconds(least)}";
        if (control.ForbidsStoring || Given(control, headers) is not { } given)
            return errorMin;
        return given.Time is { } time && time <= least ? $"{errorMin}, which is not less than {given.Text}"
            : $"{given.Text}{Bounded(given.Time, TimeSpan.Zero, policy.MaxTtl)}, or {errorMin} if that is more";
    }

    // The time of Expires depends on the clock, and is null.
    private static (string Text, TimeSpan? Time)? Given(in CacheControl control, HeaderList headers)
    {
        if (control.SharedMaxAge is { } shared)
            return ($"s-maxage={Seconds(shared)} of the origin", shared);
        if (control.MaxAge is { } maxAge)
            return ($"max-age={Seconds(maxAge)} of the origin", maxAge);
        return headers.Get("expires") is { } expires ? ($"Expires: {expires} of the origin", null) : null;
    }

    private static string Bounded(TimeSpan? time, TimeSpan least, TimeSpan most) =>
        time < least ? $", raised to MinTTL {Seconds(least)}"
        : time > most ? $", lowered to MaxTTL {Seconds(most)}"
        : time is null ? $", between MinTTL {Seconds(least)} and MaxTTL {Seconds(most)}"
        : "";

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
}
