using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache.Rules;

/// <summary>
/// The RFC's answers, for a shared cache. What the origin forbids is forbidden, whatever MinTTL says; how long it allows stays between
/// MinTTL and MaxTTL, and where it says nothing the policy's DefaultTTL counts, as with CloudFront.
/// </summary>
internal sealed class Rfc9111Caching : HttpCaching
{
    // A tenth of the time since it last changed, and a day at most: an estimate, not a promise.
    private const int HeuristicShare = 10;
    private static readonly TimeSpan MostHeuristic = TimeSpan.FromDays(1);

    public override bool KeepsVariants => true;

    public override bool PassesEveryMethod => true;

    public override bool PassesInterimResponses => true;

    public override Freshness FreshnessOf(
        RegionalRequest asked,
        ImmutableDictionary<int, TimeSpan> errorCachingMinTtl,
        int statusCode,
        HeaderList headers,
        DateTimeOffset now,
        TimeSpan age)
    {
        if (statusCode is 206 or 304 || statusCode < 200)
            return Freshness.Uncacheable(NotStoredReason.Status);
        var policy = asked.Behavior.Behavior.CachePolicy;
        if (policy.CachingDisabled && statusCode < 400)
            return Freshness.Uncacheable(NotStoredReason.CachingDisabled);
        var isTargeted = TargetedCacheControl.TryRead(headers, out var control);
        if (!isTargeted)
            control = CacheControl.Read(headers);
        if (control.MustUnderstand && !Understands(statusCode))
            return Freshness.Uncacheable(NotStoredReason.Status);
        if (control.Private || (control.NoStore && !control.MustUnderstand))
            return Freshness.Uncacheable(NotStoredReason.CacheControl);
        if (IsForOneUser(asked, control))
            return Freshness.Uncacheable(NotStoredReason.Authorization);

        // A targeted field takes the place of Expires too (RFC 9213 section 2.2).
        var stated = Freshness.Explicit(control, headers, readsExpires: !isTargeted, now, age);
        var lifetime = control.NoCache ? TimeSpan.Zero
            : stated is { } given ? Clamp(given, policy, statusCode)
            : LifetimeOfNothingStated(policy, control, statusCode, headers, now, age);
        if (statusCode >= 400)
        {
            var least = Freshness.KeepsError(statusCode, control)
                ? Freshness.ErrorMinTtl(errorCachingMinTtl, statusCode)
                : TimeSpan.Zero;
            if (least > lifetime)
                lifetime = least;
            if (lifetime == TimeSpan.Zero)
                return Freshness.Uncacheable(NotStoredReason.ErrorCachingMinTtl);
        }
        var freshness = Freshness.For(lifetime, stated, control, policy.MaxTtl);
        if (control.NoCache && statusCode < 400)
            freshness = Freshness.NeverUnasked(policy.MaxTtl);
        return Freshness.VariesOnEverything(headers) ? freshness.AskedEveryTime() : freshness;
    }

    public override string RuleOf(RegionalRequest request, int statusCode, HeaderList headers)
    {
        var policy = request.Behavior.Behavior.CachePolicy;
        var isTargeted = TargetedCacheControl.TryRead(headers, out var control);
        if (!isTargeted)
            control = CacheControl.Read(headers);
        var estimates = (statusCode >= 400 || policy.DefaultTtl == TimeSpan.Zero)
            && (control.Public || IsHeuristicallyCacheable(statusCode)) && headers.Contains("last-modified");
        return FreshnessRule.ByTheRfc(
            policy, request.Distribution.Distribution.ErrorCachingMinTtl, statusCode, control, isTargeted, estimates, headers);
    }

    // Every field goes on, and is stored (RFC 9111 section 3.1): Set-Cookie (section 7.3), and Vary as the origin meant it.
    public override bool Filter(EdgeResponse response, ForwardedItems items) => false;

    // RFC 9111 section 4.4: a method of which it is not known that it is safe counts as unsafe.
    public override bool Invalidates(string method, int statusCode) =>
        statusCode is >= 200 and < 400 && method is not ("GET" or "HEAD" or "OPTIONS" or "TRACE");

    private static TimeSpan LifetimeOfNothingStated(
        CachePolicy policy, in CacheControl control, int statusCode, HeaderList headers, DateTimeOffset now, TimeSpan age)
    {
        if (statusCode < 400 && policy.DefaultTtl > TimeSpan.Zero)
            return policy.DefaultTtl > policy.MinTtl ? policy.DefaultTtl : policy.MinTtl;
        if ((control.Public || IsHeuristicallyCacheable(statusCode)) && Heuristic(headers, now, age) is { } estimated)
            return Clamp(estimated, policy, statusCode);
        return statusCode < 400 ? policy.MinTtl : TimeSpan.Zero;
    }

    private static TimeSpan? Heuristic(HeaderList headers, DateTimeOffset now, TimeSpan age)
    {
        if (!HttpDate.TryParse(headers.Get("last-modified"), now, out var modified))
            return null;
        var made = HttpDate.TryParse(headers.Get("date"), now, out var date) ? date : now;
        var lifetime = (made - modified) / HeuristicShare;
        if (lifetime > MostHeuristic)
            lifetime = MostHeuristic;
        return lifetime > age ? lifetime - age : TimeSpan.Zero;
    }

    // RFC 9110 section 15.1.
    private static bool IsHeuristicallyCacheable(int statusCode) =>
        statusCode is 200 or 203 or 204 or 300 or 301 or 308 or 404 or 405 or 410 or 414 or 501;

    // That its meaning for caches is known: the final codes that RFC 9110 defines.
    private static bool Understands(int statusCode) =>
        statusCode is (>= 200 and <= 205) or (>= 300 and <= 303) or 305 or 307 or 308
            or (>= 400 and <= 417) or 421 or 422 or 426 or (>= 500 and <= 505);

    // RFC 9111 section 3.5. One that is in the key keeps its viewers apart, and one that goes nowhere cannot matter.
    private static bool IsForOneUser(RegionalRequest asked, in CacheControl control)
    {
        if (control.Public || control.MustRevalidate || control.SharedMaxAge is not null)
            return false;
        var behavior = asked.Behavior.Behavior;
        return asked.Request.Headers.Contains("authorization")
            && behavior.ForwardedItems.SendsHeader("authorization", asked.Request.Method)
            && !behavior.CachePolicy.Headers.Includes("authorization", StringComparison.OrdinalIgnoreCase);
    }

    // MinTTL has no part in errors (spec 3.13).
    private static TimeSpan Clamp(TimeSpan value, CachePolicy policy, int statusCode)
    {
        var least = statusCode < 400 ? policy.MinTtl : TimeSpan.Zero;
        return value < least ? least : value > policy.MaxTtl ? policy.MaxTtl : value;
    }
}
