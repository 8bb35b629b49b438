using System.Text.Json.Nodes;

namespace Brink.Tests.Settings;

/// <summary>The fields of a continuous deployment policy, and those by which distributions have a part in one.</summary>
internal static class DeploymentCases
{
    private const string Traffic = "TrafficConfig.", Weight = Traffic + "SingleWeightConfig.", Stickiness = Weight + "SessionStickinessConfig.";
    private const string StagingName = "d222222abcdef8.cloudfront.net";

    public static IReadOnlyDictionary<string, Case> Policy { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["StagingDistributionDnsNames"] = new(Case.IsEnforced, async () =>
        {
            await using var site = OfPolicy();
            site.Set("StagingDistributionDnsNames", """{ "Quantity": 1, "Items": ["d999.cloudfront.net"] }""");
            var (exitCode, errors) = await site.EndAsync();
            Assert.Equal(1, exitCode);
            Assert.Contains("names the staging distribution d999.cloudfront.net, and no distribution has that domain name", errors, StringComparison.Ordinal);
        }),
        ["Enabled"] = Case.Enforced(OfPolicy, "Enabled", ("true", "two"), ("false", "one"), WithHeaderAsync),
        [Traffic + "Type"] = Case.Enforced(
            OfPolicy, "TrafficConfig", ("""{ "Type": "SingleHeader", "SingleHeaderConfig": { "Header": "aws-cf-cd-a", "Value": "b" } }""", "two"),
            ("""{ "Type": "SingleWeight", "SingleWeightConfig": { "Weight": 0 } }""", "one"), WithHeaderAsync),
        [Traffic + "SingleHeaderConfig.Header"] = Case.Enforced(OfPolicy, Traffic + "SingleHeaderConfig.Header", ("\"aws-cf-cd-a\"", "two"), ("\"aws-cf-cd-b\"", "one"), WithHeaderAsync),
        [Traffic + "SingleHeaderConfig.Value"] = Case.Enforced(OfPolicy, Traffic + "SingleHeaderConfig.Value", ("\"b\"", "two"), ("\"c\"", "one"), WithHeaderAsync),
        [Weight + "Weight"] = Case.Enforced(OfWeight, Weight + "Weight", ("0", "one"), ("0.15", "one, two"), async site =>
        {
            var seen = new SortedSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < 200; i++)
                seen.Add((await site.Dev.AskAsync()).Text);
            return string.Join(", ", seen);
        }),
        [Stickiness + "IdleTTL"] = Case.Enforced(OfWeight, Stickiness + "IdleTTL", ("300", "Path=/; Max-Age=300; HttpOnly"), ("301", "Path=/; Max-Age=301; HttpOnly"), CookieAsync, WithStickiness),
        [Stickiness + "MaximumTTL"] = Case.Enforced(OfWeight, Stickiness + "MaximumTTL", ("300", "new"), ("3600", "old"), async site =>
        {
            var cookie = await CookieAsync(site, whole: true);
            ((ManualTimeProvider)site.Time).Advance(TimeSpan.FromSeconds(299));
            cookie = (await site.Dev.AskAsync(headers: $"Cookie: {cookie}\r\n"))["Set-Cookie"]!.Split(';')[0];
            ((ManualTimeProvider)site.Time).Advance(TimeSpan.FromSeconds(1));
            // A session that goes on says in its cookie how long it still may.
            return (await site.Dev.AskAsync(headers: $"Cookie: {cookie}\r\n"))["Set-Cookie"]!.Contains($"{cookie[..30]}", StringComparison.Ordinal) ? "old" : "new";
        }, site =>
        {
            site.Time = new ManualTimeProvider();
            WithStickiness(site);
        }),
    };

    public static Case OfPrimary { get; } = new(Case.IsEnforced, async () =>
    {
        foreach (var (isAttached, seen) in new[] { (true, "two"), (false, "") })
        {
            await using var site = OfPolicy(isAttached);
            if (isAttached)
            {
                await site.StartAsync();
                Assert.Equal(seen, await WithHeaderAsync(site));
                continue;
            }
            var (exitCode, errors) = await site.EndAsync();
            Assert.Equal(1, exitCode);
            Assert.Contains($"this is a staging distribution, {StagingName}, and no continuous deployment policy of another distribution names it", errors, StringComparison.Ordinal);
        }
        await using var missing = OfPolicy();
        missing.Flags.RemoveRange(missing.Flags.IndexOf("--resources"), 2);
        Assert.Contains(
            "$.ContinuousDeploymentPolicyId: there is no continuous deployment policy 'p': it is not given. Add its file to a folder of --resources: aws cloudfront get-continuous-deployment-policy --id p > p.json",
            (await missing.EndAsync()).Errors, StringComparison.Ordinal);
    });

    public static Case OfStaging { get; } = new(Case.IsEnforced, async () =>
    {
        await using var site = OfPolicy();
        await site.StartAsync();
        Assert.Equal(403, (await site.Dev.AskAsync(host: StagingName)).Status);
        Assert.True(site.Dev.Started.GetProperty("distributions")[1].GetProperty("staging").GetBoolean());

        await using var ordinary = OfPolicy(isStaging: false);
        Assert.Contains($"names {StagingName}, which is no staging distribution", (await ordinary.EndAsync()).Errors, StringComparison.Ordinal);
    });

    private static Site OfPolicy() => OfPolicy(isAttached: true);

    /// <summary>A primary from origin one, a staging distribution from origin two, and a policy by header.</summary>
    private static Site OfPolicy(bool isAttached = true, bool isStaging = true)
    {
        var site = Site.OfDistribution();
        site.Set("DefaultCacheBehavior.CachePolicyId", "\"4135ea2d-6df8-44a3-9df3-4b5a84be39ad\"");
        var staging = site.Document!.DeepClone().AsObject();
        staging["DefaultCacheBehavior"]!["TargetOriginId"] = "two";
        staging["Staging"] = isStaging;
        site.Set("ContinuousDeploymentPolicyId", isAttached ? "\"p\"" : "\"\"");
        site.Flags.Clear();
        site.Flags.AddRange(["--distribution", site.Write("primary.json", site.Document.ToJsonString())]);
        site.Flags.AddRange(["--distribution", site.Write("staging.json", new JsonObject
        {
            ["ETag"] = "E2",
            ["Distribution"] = new JsonObject { ["Id"] = "ESTAGING", ["DomainName"] = StagingName, ["DistributionConfig"] = staging },
        }.ToJsonString())]);
        Directory.CreateDirectory(site.In("resources"));
        site.Document = JsonNode.Parse($$"""
            {
              "StagingDistributionDnsNames": { "Quantity": 1, "Items": ["{{StagingName}}"] }, "Enabled": true,
              "TrafficConfig": { "Type": "SingleHeader", "SingleHeaderConfig": { "Header": "aws-cf-cd-a", "Value": "b" } }
            }
            """)!.AsObject();
        site.DocumentFile = "resources/p.json";
        site.Flags.AddRange(["--resources", site.In("resources")]);
        return site;
    }

    private static Site OfWeight()
    {
        var site = OfPolicy();
        site.Set("TrafficConfig", """{ "Type": "SingleWeight", "SingleWeightConfig": { "Weight": 0.15 } }""");
        return site;
    }

    private static void WithStickiness(Site site) => site.Set(Stickiness[..^1], """{ "IdleTTL": 300, "MaximumTTL": 3600 }""");

    private static async Task<string> WithHeaderAsync(Site site) => (await site.Dev.AskAsync(headers: "aws-cf-cd-a: b\r\n")).Text;

    private static Task<string> CookieAsync(Site site) => CookieAsync(site, whole: false);

    private static async Task<string> CookieAsync(Site site, bool whole)
    {
        var parts = (await site.Dev.AskAsync())["Set-Cookie"]!.Split("; ", 2);
        return whole ? parts[0] : parts[1];
    }
}
