using Brink.Configuration;

namespace Brink.ContinuousDeployment;

/// <summary>ContinuousDeploymentPolicyConfig (distribution spec 2.13).</summary>
internal static class ContinuousDeploymentPolicyReader
{
    private const string WeightConfig = "SingleWeightConfig", HeaderConfig = "SingleHeaderConfig";
    private const int ShortestTtl = 300, LongestTtl = 3600;

    public static ContinuousDeploymentPolicy Read(ConfigObject config, string id)
    {
        var names = config.TextList("StagingDistributionDnsNames", required: true);
        // The list has room for more, and a distribution of AWS's has one staging distribution.
        if (names.Count != 1 && config.Has("StagingDistributionDnsNames"))
        {
            config.Mistake(
                "StagingDistributionDnsNames", $"{names.Count} staging distributions are named, and a policy has one", "Name one");
        }
        var isEnabled = config.Flag("Enabled", required: true) ?? false;
        TrafficConfig? traffic = null;
        if (config.Object("TrafficConfig", required: isEnabled) is { } given)
        {
            traffic = ReadTraffic(given);
            given.Close();
        }
        return new ContinuousDeploymentPolicy(id, names.FirstOrDefault("").ToLowerInvariant(), isEnabled, traffic);
    }

    private static TrafficConfig? ReadTraffic(ConfigObject traffic)
    {
        var type = traffic.OneOf("Type", required: true, "SingleWeight", "SingleHeader");
        var (own, other) = type == "SingleHeader" ? (HeaderConfig, WeightConfig) : (WeightConfig, HeaderConfig);
        if (type is null)
        {
            traffic.Ignore(own, other);
            return null;
        }
        if (traffic.Has(other))
        {
            traffic.Mistake(other, $"Type is {type}, which {own} is for", $"Leave {other} out, or change Type");
            traffic.Ignore(other);
        }
        if (traffic.Object(own, required: true) is not { } config)
            return null;
        TrafficConfig? read = type == "SingleHeader" ? ReadHeader(config) : ReadWeight(config);
        config.Close();
        return read;
    }

    private static TrafficConfig.SingleHeader ReadHeader(ConfigObject config)
    {
        var header = config.Text("Header", required: true) ?? "";
        var value = config.Text("Value", required: true) ?? "";
        if (config.Has("Header"))
            CheckHeader(config, header);
        if (config.Has("Value") && (value.Length is 0 or > Limits.OriginCustomHeaderValueLength || !HeaderNames.IsValue(value)))
        {
            config.Mistake(
                "Value",
                $"the value is empty, longer than {Limits.OriginCustomHeaderValueLength} characters, or holds what no header can say",
                "Write what the header is to say");
        }
        return new TrafficConfig.SingleHeader(header, value);
    }

    private static void CheckHeader(ConfigObject config, string header)
    {
        const string prefix = TrafficConfig.HeaderPrefix;
        if (!header.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            config.Mistake("Header", $"'{header}' does not begin with {prefix}", $"Write {prefix}{header}");
        else if (header.Length is var length && (length == prefix.Length || length > Limits.OriginCustomHeaderNameLength))
        {
            config.Mistake(
                "Header", $"'{header}' is the prefix alone, or longer than {Limits.OriginCustomHeaderNameLength} characters",
                $"Write a name such as {prefix}staging");
        }
        else if (!HeaderNames.IsToken(header))
            config.Mistake("Header", $"'{header}' is not the name of a header", "Use letters, digits and dashes");
    }

    private static TrafficConfig.SingleWeight ReadWeight(ConfigObject config)
    {
        const int million = 1_000_000;
        if (!config.Has("Weight"))
            config.Mistake("Weight", "the setting is required", "Add it");
        var weight = config.Decimal("Weight", 0, Limits.StagingWeight, decimals: 28) ?? 0;
        return new TrafficConfig.SingleWeight((int)Math.Round(weight * million), ReadStickiness(config));
    }

    private static SessionStickiness? ReadStickiness(ConfigObject config)
    {
        if (config.Object("SessionStickinessConfig") is not { } stickiness)
            return null;
        var idle = stickiness.Number("IdleTTL", ShortestTtl, LongestTtl, required: true);
        var maximum = stickiness.Number("MaximumTTL", ShortestTtl, LongestTtl, required: true);
        if (idle > maximum)
            stickiness.Mistake("IdleTTL", $"{idle} is more than MaximumTTL, {maximum}", "Make it the smaller one, or as long");
        stickiness.Close();
        return new SessionStickiness(TimeSpan.FromSeconds(idle ?? ShortestTtl), TimeSpan.FromSeconds(maximum ?? ShortestTtl));
    }
}
