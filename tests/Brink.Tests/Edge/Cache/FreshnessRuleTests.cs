using System.Collections.Immutable;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Configuration;
using Brink.Http;
using Brink.Policies;

namespace Brink.Tests.Edge.Cache;

/// <summary>The rule that gives an object its time, in words.</summary>
public sealed class FreshnessRuleTests
{
    [Theory]
    [InlineData(200, "", "DefaultTTL of mine: the origin says nothing")]
    [InlineData(200, "max-age=60", "max-age=60 of the origin")]
    [InlineData(200, "max-age=60, s-maxage=70", "s-maxage=70 of the origin")]
    [InlineData(200, "max-age=1", "max-age=1 of the origin, raised to MinTTL 10")]
    [InlineData(200, "max-age=9999", "max-age=9999 of the origin, lowered to MaxTTL 1000")]
    [InlineData(200, "no-store, max-age=60", "MinTTL of mine, since Cache-Control has no-cache, no-store or private")]
    [InlineData(404, "", "ErrorCachingMinTTL 10")]
    [InlineData(404, "max-age=5", "ErrorCachingMinTTL 10, which is not less than max-age=5 of the origin")]
    [InlineData(404, "max-age=60", "max-age=60 of the origin, or ErrorCachingMinTTL 10 if that is more")]
    public void Rule_IsTheOneThatFreshnessFollows(int status, string cacheControl, string rule)
    {
        var policy = new CachePolicy
        {
            Id = "p", Name = "mine", MinTtl = TimeSpan.FromSeconds(10), DefaultTtl = TimeSpan.FromSeconds(100), MaxTtl = TimeSpan.FromSeconds(1000),
        };
        var headers = new HeaderList();
        if (cacheControl.Length > 0)
            headers.Add("Cache-Control", cacheControl);

        Assert.Equal(rule, FreshnessRule.Of(policy, ImmutableDictionary<int, TimeSpan>.Empty, status, headers));
    }

    [Theory]
    [InlineData(HttpCachingRules.CloudFront, 200, "Cache-Control: no-cache", "no-cache of the origin: every request asks it")]
    [InlineData(HttpCachingRules.CloudFront, 200, "Vary: *", "Vary: * with MinTTL 0: every request asks the origin")]
    [InlineData(HttpCachingRules.Rfc9111, 200, "Vary: *", "Vary: *: every request asks the origin")]
    [InlineData(HttpCachingRules.Rfc9111, 200, "Cache-Control: no-cache, max-age=5", "no-cache of the origin: every request asks it")]
    [InlineData(HttpCachingRules.Rfc9111, 200, "Cache-Control: max-age=5", "max-age=5 of the origin")]
    [InlineData(HttpCachingRules.Rfc9111, 200, "CDN-Cache-Control: max-age=5000", "max-age=5000 of the origin, in CDN-Cache-Control, lowered to MaxTTL 1000")]
    [InlineData(HttpCachingRules.Rfc9111, 200, "Last-Modified: x", "a tenth of the time since Last-Modified: the origin says nothing")]
    [InlineData(HttpCachingRules.Rfc9111, 201, "Last-Modified: x", "DefaultTTL of mine: the origin says nothing")]
    [InlineData(HttpCachingRules.Rfc9111, 404, "", "ErrorCachingMinTTL 10")]
    [InlineData(HttpCachingRules.Rfc9111, 410, "Cache-Control: max-age=5", "max-age=5 of the origin")]
    [InlineData(HttpCachingRules.Rfc9111, 404, "Cache-Control: max-age=5", "max-age=5 of the origin, or ErrorCachingMinTTL 10 if that is more")]
    public void RuleWithoutLeastAndDefault_IsThatOfTheRulesOfCaching(HttpCachingRules rules, int status, string field, string rule)
    {
        var bench = new CacheBench(new CachePolicy
        {
            Id = "p", Name = "mine", MinTtl = TimeSpan.Zero, DefaultTtl = TimeSpan.Zero, MaxTtl = TimeSpan.FromSeconds(1000),
        });
        var headers = new HeaderList();
        if (field.Split(": ", 2) is [var name, var value])
            headers.Add(name, value);

        Assert.Equal(rule, HttpCaching.By(rules).RuleOf(bench.Request("/a"), status, headers));
    }
}
