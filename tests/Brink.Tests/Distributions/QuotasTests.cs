using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Brink.Distributions;
using Brink.Policies;
using Brink.Resources;

namespace Brink.Tests.Distributions;

/// <summary>The quotas of a distribution (distribution spec 2.1, 2.2, 2.4, 2.9), each at its last allowed value and one over it.</summary>
public sealed class QuotasTests
{
    private const string Behavior = "$.DefaultCacheBehavior";

    /// <summary>What is counted, how many there may be, the place that a mistake names, and the word that it says.</summary>
    public static TheoryData<string, int, string, string> Quotas => new()
    {
        { "aliases", 100, "$.Aliases", "more than 100" },
        { "origins", 100, "$.Origins.Items", "more than 100" },
        { "custom headers", 10, "$.Origins.Items[0].CustomHeaders.Items", "more than 10" },
        { "characters of a custom header's name", 256, "$.Origins.Items[0].CustomHeaders.Items[0].HeaderName", "at most 256" },
        { "characters of a custom header's value", 1_783, "$.Origins.Items[0].CustomHeaders.Items[0].HeaderValue", "at most 1783" },
        { "characters of all custom headers", 10_240, "$.Origins.Items[0].CustomHeaders.Items", "longer than 10240" },
        { "origin groups", 10, "$.OriginGroups.Items", "more than 10" },
        { "behaviors", 75, "$.CacheBehaviors.Items", "more than 75" },
        { "characters of a path pattern", 255, "$.CacheBehaviors.Items[0].PathPattern", "longer than 255" },
        { "characters of the comment", 128, "$.Comment", "longer than 128" },
        { "characters of the root object", 255, "$.DefaultRootObject", "255" },
        { "key groups", 4, Behavior + ".TrustedKeyGroups.Items", "more than 4" },
        { "legacy headers", 10, Behavior + ".ForwardedValues.Headers", "more than 10" },
        { "legacy cookies", 10, Behavior + ".ForwardedValues.Cookies.WhitelistedNames", "more than 10" },
        { "characters of legacy cookies", 502, Behavior + ".ForwardedValues.Cookies.WhitelistedNames", "longer than 512" },
        { "legacy query strings", 10, Behavior + ".ForwardedValues.QueryStringCacheKeys", "more than 10" },
        { "characters of a legacy query string", 128, Behavior + ".ForwardedValues.QueryStringCacheKeys", "longer than 128" },
        { "characters of legacy query strings", 512, Behavior + ".ForwardedValues.QueryStringCacheKeys", "longer than 512" },
    };

    [Theory]
    [MemberData(nameof(Quotas))]
    public void Quota_IsMet_AndOneMoreIsNamed(string what, int most, string path, string rule)
    {
        Assert.Empty(MistakesWith(what, most));

        var mistake = Assert.Single(MistakesWith(what, most + 1));
        Assert.Equal(path, mistake.Path);
        Assert.Contains(rule, mistake.Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(59)]
    [InlineData(60)]
    public void ResponseCompletionTimeout_IsNoneAtZero_AndOtherwiseNotShorterThanAReadMay(int seconds)
    {
        var config = Config();
        config["Origins"]!["Items"]![0]!["ResponseCompletionTimeout"] = seconds;
        config["Origins"]!["Items"]![0]!["CustomOriginConfig"]!["OriginReadTimeout"] = 60;

        var (distribution, mistakes) = Read(config);

        Assert.Equal(seconds == 59, mistakes.Length == 1);
        if (distribution is not null)
            Assert.Equal(seconds == 0 ? null : TimeSpan.FromSeconds(60), Assert.IsType<CustomOrigin>(distribution.Origins[0]).ResponseCompletionTimeout);
    }

    private static ImmutableArray<Brink.Configuration.ConfigMistake> MistakesWith(string what, int count)
    {
        var config = Config();
        var origin = config["Origins"]!["Items"]![0]!;
        var behavior = config["DefaultCacheBehavior"]!;
        var names = Enumerable.Range(0, count).Select(i => $"n{i}");
        switch (what)
        {
            case "aliases":
                config["Aliases"] = List(names.Select(name => $"{name}.test"));
                break;
            case "origins":
                config["Origins"] = Objects(Enumerable.Range(0, count).Select(i => Origin($"o{i}")));
                break;
            case "custom headers":
                origin["CustomHeaders"] = Objects(names.Select(name => CustomHeader($"X-{name}", "v")));
                break;
            case "characters of a custom header's name":
                origin["CustomHeaders"] = Objects([CustomHeader(new string('n', count), "v")]);
                break;
            case "characters of a custom header's value":
                origin["CustomHeaders"] = Objects([CustomHeader("X-A", new string('v', count))]);
                break;
            case "characters of all custom headers":
                origin["CustomHeaders"] = Objects(Enumerable.Range(0, 10).Select(i => CustomHeader($"X-{i}", new string('v', i == 0 ? count - 9 * (1024 - 3) - 30 : 1024 - 3))));
                break;
            case "origin groups":
                config["Origins"] = Objects([Origin("o0"), Origin("o1")]);
                config["OriginGroups"] = Objects(names.Select(name => $$"""
                    { "Id": "{{name}}", "FailoverCriteria": { "StatusCodes": { "Quantity": 1, "Items": [500] } }, "Members": { "Quantity": 2, "Items": [ { "OriginId": "o0" }, { "OriginId": "o1" } ] } }
                    """));
                break;
            case "behaviors":
                config["CacheBehaviors"] = Objects(names.Select(name => OtherBehavior($"/{name}")));
                break;
            case "characters of a path pattern":
                config["CacheBehaviors"] = Objects([OtherBehavior("/" + new string('p', count - 1))]);
                break;
            case "characters of the comment":
                config["Comment"] = new string('c', count);
                break;
            case "characters of the root object":
                config["DefaultRootObject"] = new string('r', count);
                break;
            case "key groups":
                behavior["TrustedKeyGroups"] = List(names);
                behavior["TrustedKeyGroups"]!["Enabled"] = true;
                break;
            case "legacy headers":
                Legacy(behavior, headers: names.Select(name => $"X-{name}"));
                break;
            case "legacy cookies":
                Legacy(behavior, cookies: names);
                break;
            case "characters of legacy cookies":
                Legacy(behavior, cookies: Enumerable.Range(0, 10).Select(i => $"{i}" + new string('c', i == 0 ? count - 9 * 50 - 1 : 49)));
                break;
            case "legacy query strings":
                Legacy(behavior, keys: names);
                break;
            case "characters of a legacy query string":
                Legacy(behavior, keys: [new string('q', count)]);
                break;
            case "characters of legacy query strings":
                Legacy(behavior, keys: Enumerable.Range(0, 8).Select(i => $"{i}" + new string('q', i == 0 ? count - 7 * 64 - 1 : 63)));
                break;
            default:
                throw new ArgumentException(what, nameof(what));
        }
        return Read(config).Mistakes;
    }

    private static Brink.Configuration.ConfigResult<Distribution> Read(JsonObject config)
    {
        var groups = Enumerable.Range(0, 9).Select(i => new KeyGroup($"n{i}", $"n{i}", []));
        return DistributionConfigReader.Read(
            config.ToJsonString(), "E1", "d1.cloudfront.net", ResourceCatalog.Empty with { KeyGroups = groups.ToImmutableDictionary(group => group.Id) });
    }

    private static void Legacy(JsonNode behavior, IEnumerable<string>? headers = null, IEnumerable<string>? cookies = null, IEnumerable<string>? keys = null)
    {
        behavior.AsObject().Remove("CachePolicyId");
        behavior["ForwardedValues"] = new JsonObject
        {
            ["QueryString"] = true,
            ["Cookies"] = new JsonObject { ["Forward"] = "whitelist", ["WhitelistedNames"] = List(cookies ?? ["c"]) },
            ["Headers"] = List(headers ?? []),
            ["QueryStringCacheKeys"] = List(keys ?? []),
        };
    }

    private static JsonObject Config() => JsonNode.Parse($$"""
        { "CallerReference": "r", "Comment": "", "Enabled": true, "Origins": { "Quantity": 1, "Items": [ {{Origin("o0")}} ] },
          "DefaultCacheBehavior": { "TargetOriginId": "o0", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "{{ManagedPolicies.CachePolicies[0].Id}}" } }
        """)!.AsObject();

    private static string Origin(string id) => $$"""
        { "Id": "{{id}}", "DomainName": "o.test", "CustomOriginConfig": { "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only" } }
        """;

    private static string OtherBehavior(string pattern) => $$"""
        { "PathPattern": "{{pattern}}", "TargetOriginId": "o0", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "{{ManagedPolicies.CachePolicies[0].Id}}" }
        """;

    private static string CustomHeader(string name, string value) => $$"""{ "HeaderName": "{{name}}", "HeaderValue": "{{value}}" }""";

    private static JsonObject List(IEnumerable<string> items) => Listed([.. items.Select(item => JsonValue.Create(item))]);

    private static JsonObject Objects(IEnumerable<string> items) => Listed([.. items.Select(item => JsonNode.Parse(item))]);

    private static JsonObject Listed(JsonNode?[] items) => new() { ["Quantity"] = items.Length, ["Items"] = new JsonArray(items) };
}
