using Brink.Tests.Edge.Geography;

namespace Brink.Tests.Settings;

/// <summary>Databases of <c>--geo-database</c>, as files come, go and break.</summary>
public sealed class GeoDatabaseTests
{
    private const string GermansOnly = """{ "GeoRestriction": { "RestrictionType": "whitelist", "Quantity": 1, "Items": ["DE"] } }""";

    [Fact]
    public async Task GeoRestriction_GoesByTheDatabase_AndByTheNextOne_AndABrokenOneLeavesTheOldServing()
    {
        await using var site = Site.OfDistribution();
        var file = site.In("places.mmdb");
        site.Flags.AddRange(["--geo-database", file]);
        site.Set("Restrictions", GermansOnly);
        await File.WriteAllBytesAsync(file, Everywhere("DE"), TestContext.Current.CancellationToken);
        await site.StartAsync();
        Assert.Equal(200, (await site.Dev.AskAsync()).Status);

        await File.WriteAllBytesAsync(file, Everywhere("FR"), TestContext.Current.CancellationToken);
        await site.Dev.WaitForAsync("reloaded");
        var refusal = await site.Dev.AskAsync();
        Assert.Equal(403, refusal.Status);
        Assert.Contains("block access from your country", refusal.Text, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(file, Everywhere("DE")[..^20], TestContext.Current.CancellationToken);
        var mistakes = await site.Dev.WaitForAsync("not-reloaded");
        Assert.Contains("the file is no MaxMind DB (.mmdb), or a broken one", mistakes.ToString(), StringComparison.Ordinal);
        Assert.Equal(403, (await site.Dev.AskAsync()).Status);

        await File.WriteAllBytesAsync(file, Everywhere("DE"), TestContext.Current.CancellationToken);
        await site.Dev.WaitForAsync("reloaded");
        Assert.Equal(200, (await site.Dev.AskAsync()).Status);
    }

    [Theory]
    [InlineData("none.mmdb", null, "there is no such file")]
    [InlineData(".", null, "this is a folder, not a MaxMind DB (.mmdb)")]
    [InlineData("text.mmdb", "no database", "the file is no MaxMind DB (.mmdb), or a broken one: ")]
    [InlineData("empty.mmdb", "", "the file is no MaxMind DB (.mmdb), or a broken one: ")]
    public async Task FilesThatCannotBeUsed_EndTheStart(string name, string? text, string expected)
    {
        await using var site = Site.OfDistribution();
        if (text is not null)
            site.Write(name, text);
        site.Flags.AddRange(["--geo-database", site.In(name)]);

        var (exitCode, errors) = await site.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains($"{site.In(name)}: {expected}", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADatabaseOfOtherThings_EndsTheStart()
    {
        await using var site = Site.OfDistribution();
        await File.WriteAllBytesAsync(
            site.In("other.mmdb"), new MaxMindWriter().Add("192.0.2.0/24", """{ "is_anonymous": "yes" }""").ToArray(), TestContext.Current.CancellationToken);
        site.Flags.AddRange(["--geo-database", site.In("other.mmdb")]);

        Assert.Contains("says nothing that CloudFront-* headers have", (await site.EndAsync()).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HeadersThatNoDatabaseHas_AreNamedAtStart()
    {
        await using var site = Site.OfDistribution();
        await File.WriteAllBytesAsync(site.In("city.mmdb"), MaxMindWriter.City, TestContext.Current.CancellationToken);
        site.Flags.AddRange(["--geo-database", site.In("city.mmdb")]);
        site.Set("DefaultCacheBehavior.OriginRequestPolicyId", "\"33f36d7e-f396-46d9-90e0-52428a34d9dc\"");

        await site.StartAsync();

        var warnings = await site.Dev.WaitForAsync("warning");
        Assert.Contains("adds CloudFront-Viewer-ASN: absent, without a --geo-database that has them", warnings.ToString(), StringComparison.Ordinal);
    }

    private static byte[] Everywhere(string country)
    {
        var record = $$"""{ "country_code": "{{country}}" }""";
        return new MaxMindWriter().Add("127.0.0.0/8", record).Add("::1/128", record).ToArray();
    }
}
