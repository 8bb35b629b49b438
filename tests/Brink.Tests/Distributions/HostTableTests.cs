using Brink.Distributions;
using Brink.Policies;

namespace Brink.Tests.Distributions;

public sealed class HostTableTests
{
    private static readonly HostTable<Distribution> Table = new(
        [
            Make("exact", true, "www.example.com"),
            Make("deep", true, "*.shop.example.com"),
            Make("wide", true, "*.example.com"),
            Make("off", false, "closed.example.com", "*.gone.example.com"),
        ],
        distribution => distribution);

    [Theory]
    [InlineData("www.example.com", "exact")]
    [InlineData("WWW.Example.COM:8080", "exact")]
    [InlineData("a.shop.example.com", "deep")]
    [InlineData("a.b.shop.example.com", "deep")]
    [InlineData("shop.example.com", "wide")]
    [InlineData("a.b.example.com", "wide")]
    [InlineData("example.com", null)]
    [InlineData(".example.com", null)]
    [InlineData("closed.example.com", null)]
    [InlineData("x.gone.example.com", null)]
    [InlineData("wide.cloudfront.net", "wide")]
    [InlineData("off.cloudfront.net", null)]
    [InlineData("other.test", null)]
    [InlineData("[::1]:8080", null)]
    [InlineData("", null)]
    public void Host_FindsItsDistribution(string host, string? id) => Assert.Equal(id, Table.Find(host)?.Id);

    private static Distribution Make(string id, bool enabled, params string[] aliases) => new()
    {
        Id = id,
        DomainName = id + ".cloudfront.net",
        Enabled = enabled,
        Aliases = [.. aliases],
        Origins = [],
        DefaultCacheBehavior = new CacheBehavior { TargetOriginId = "o", CachePolicy = ManagedPolicies.CachePolicies[0] },
    };
}
