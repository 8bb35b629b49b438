using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache.Rules;

/// <summary>
/// The questions to which CloudFront and RFC 9111 have different answers. CloudFront's are the default; the RFC's are an extension that is
/// asked for by name (docs/decisions/0045-http-caching-by-the-rfc.md).
/// </summary>
internal abstract class HttpCaching
{
    /// <summary>As CloudFront does it (distribution spec 3).</summary>
    public static HttpCaching CloudFront { get; } = new CloudFrontCaching();

    /// <summary>With what RFC 9111 and RFC 9213 add to it.</summary>
    public static HttpCaching Rfc9111 { get; } = new Rfc9111Caching();

    /// <summary>By the name of the rules.</summary>
    public static HttpCaching By(HttpCachingRules rules) => rules == HttpCachingRules.Rfc9111 ? Rfc9111 : CloudFront;

    /// <summary>Whether Vary decides which of several objects answers a request; else the policy's key alone does.</summary>
    public abstract bool KeepsVariants { get; }

    /// <summary>Whether a behavior that allows all methods means those of HTTP, and not only the seven that CloudFront knows.</summary>
    public abstract bool PassesEveryMethod { get; }

    /// <summary>Whether interim responses of origins go to the viewer who asked.</summary>
    public abstract bool PassesInterimResponses { get; }

    /// <summary>Whether a response is kept, and for how long, that came at the age of <paramref name="age"/>.</summary>
    public abstract Freshness FreshnessOf(
        RegionalRequest asked,
        ImmutableDictionary<int, TimeSpan> errorCachingMinTtl,
        int statusCode,
        HeaderList headers,
        DateTimeOffset now,
        TimeSpan age);

    /// <summary>Which rule gives a stored answer its time, in words.</summary>
    public abstract string RuleOf(RegionalRequest request, int statusCode, HeaderList headers);

    /// <summary>Takes out of a response what goes no further than the edge.</summary>
    /// <returns>Whether a Set-Cookie was among it.</returns>
    public abstract bool Filter(EdgeResponse response, ForwardedItems items);

    /// <summary>Whether a request with this method, answered so, makes what is stored of its URI untrue.</summary>
    public abstract bool Invalidates(string method, int statusCode);
}

/// <summary>CloudFront's answers.</summary>
internal sealed class CloudFrontCaching : HttpCaching
{
    public override bool KeepsVariants => false;

    public override bool PassesEveryMethod => false;

    public override bool PassesInterimResponses => false;

    public override Freshness FreshnessOf(
        RegionalRequest asked,
        ImmutableDictionary<int, TimeSpan> errorCachingMinTtl,
        int statusCode,
        HeaderList headers,
        DateTimeOffset now,
        TimeSpan age)
    {
        var policy = asked.Behavior.Behavior.CachePolicy;
        var freshness = Freshness.Of(policy, errorCachingMinTtl, statusCode, headers, now, age);
        return freshness.NotStored == NotStoredReason.CacheControl && IsWorthAsking(asked, statusCode, headers)
            ? Freshness.NeverUnasked(policy.MaxTtl)
            : freshness;
    }

    public override string RuleOf(RegionalRequest request, int statusCode, HeaderList headers) => FreshnessRule.Of(
        request.Behavior.Behavior.CachePolicy, request.Distribution.Distribution.ErrorCachingMinTtl, statusCode, headers);

    public override bool Filter(EdgeResponse response, ForwardedItems items) => ResponseFilter.Apply(response, items);

    public override bool Invalidates(string method, int statusCode) => false;

    // no-cache forbids to serve without asking, not to ask with a tag (spec 3.3). What no conditional request can confirm is not kept.
    private static bool IsWorthAsking(RegionalRequest asked, int statusCode, HeaderList headers) =>
        statusCode == 200
        && CacheControl.Read(headers) is { NoStore: false, Private: false }
        && (headers.Contains("etag") || headers.Contains("last-modified"))
        && !Freshness.VariesOnEverything(headers)
        && !asked.Behavior.Behavior.ForwardedItems.SendsAnyCookies;
}
