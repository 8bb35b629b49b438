using System.Collections.Immutable;
using System.Globalization;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache.Rules;

/// <summary>Which rule gives an object its time, in words: what <see cref="Freshness.Of"/> decides (distribution spec 3.3, 3.13).</summary>
internal static class FreshnessRule
{
    private const string AskedAbout = "no-cache of the origin: every request asks it";

    /// <summary>The rule for an answer that is kept.</summary>
    public static string Of(
        CachePolicy policy, ImmutableDictionary<int, TimeSpan> errorCachingMinTtl, int statusCode, HeaderList headers)
    {
        var control = CacheControl.Read(headers);
        if (statusCode >= 400)
            return OfError(policy, Freshness.ErrorMinTtl(errorCachingMinTtl, statusCode), control, headers);
        if (policy.MinTtl == TimeSpan.Zero && Freshness.VariesOnEverything(headers))
            return "Vary: * with MinTTL 0: every request asks the origin";
        if (control.ForbidsStoring)
        {
            return policy.MinTtl == TimeSpan.Zero
                ? AskedAbout
                : $"MinTTL of {policy.Name}, since Cache-Control has no-cache, no-store or private";
        }
        return Given(control, headers) is { } given
            ? $"{given.Text}{Bounded(given.Time, policy.MinTtl, policy.MaxTtl)}"
            : OfThePolicy(policy);
    }

    /// <summary>The same by the RFC's rules.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="errorCachingMinTtl">The distribution's times for errors.</param>
    /// <param name="statusCode">The status.</param>
    /// <param name="control">The directives that count.</param>
    /// <param name="isTargeted">Whether they are those of CDN-Cache-Control.</param>
    /// <param name="estimates">Whether it is estimated where the origin says nothing.</param>
    /// <param name="headers">The fields.</param>
    public static string ByTheRfc(
        CachePolicy policy, ImmutableDictionary<int, TimeSpan> errorCachingMinTtl, int statusCode, in CacheControl control,
        bool isTargeted, bool estimates, HeaderList headers)
    {
        if (Freshness.VariesOnEverything(headers))
            return "Vary: *: every request asks the origin";
        if (control.NoCache && statusCode < 400)
            return AskedAbout;
        var given = Given(control, isTargeted ? new HeaderList() : headers);
        var (min, source) = (statusCode < 400 ? policy.MinTtl : TimeSpan.Zero, isTargeted ? ", in CDN-Cache-Control" : "");
        var rule = given is { } said ? $"{said.Text}{source}{Bounded(said.Time, min, policy.MaxTtl)}"
            : estimates ? "a tenth of the time since Last-Modified: the origin says nothing"
            : statusCode < 400 ? OfThePolicy(policy)
            : null;
        if (rule is not null && (statusCode < 400 || !Freshness.KeepsError(statusCode, control)))
            return rule;
        var least = $"ErrorCachingMinTTL {Seconds(Freshness.ErrorMinTtl(errorCachingMinTtl, statusCode))}";
        return rule is null ? least : $"{rule}, or {least} if that is more";
    }

    private static string OfThePolicy(CachePolicy policy) => policy.MinTtl > policy.DefaultTtl
        ? $"MinTTL of {policy.Name}, which is more than its DefaultTTL: the origin says nothing"
        : $"DefaultTTL of {policy.Name}: the origin says nothing";

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
