using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using Brink.Configuration;
using Brink.ContinuousDeployment;
using Brink.Resources;

namespace Brink.Distributions;

/// <summary>
/// A distribution from the JSON that <c>aws cloudfront create-distribution --distribution-config file://...</c> takes (distribution spec
/// 2.1, appendix B), or that <c>get-distribution-config</c> and <c>get-distribution</c> print. Every mistake is found in one pass. A
/// setting that Brink does not enforce yet is refused by its name; a value that asks for nothing (<c>"WebACLId": ""</c>, <c>"Compress":
/// false</c>) is accepted.
/// </summary>
public static class DistributionConfigReader
{
    private const int LongestId = 64;

    private static readonly SearchValues<char> HostChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Reads a DistributionConfig.</summary>
    /// <param name="json">The document.</param>
    /// <param name="id">The distribution's id where the document has none: only what get-distribution prints has one.</param>
    /// <param name="domainName">Its default name, likewise.</param>
    /// <param name="resources">What it may name by an id.</param>
    /// <param name="ignored">Settings that are left out because the operator says so. Default none.</param>
    public static ConfigResult<Distribution> Read(
        string json, string id, string domainName, ResourceCatalog resources, IgnoredSettings? ignored = null) =>
        ConfigObject.Read(json, ignored ?? IgnoredSettings.None, root => PrintedForm.Read(
            root, "Distribution",
            (config, printed) => Read(config, ReadId(printed) ?? id, ReadDomainName(printed) ?? domainName, resources)));

    /// <summary>Whether the text is a host name, dots and all, and nothing more.</summary>
    internal static bool IsHostName(string host) =>
        host.Length is > 0 and <= 253
        && !host.AsSpan().ContainsAnyExcept(HostChars)
        && host.Split('.').All(label => label.Length is > 0 and <= 63 && !label.StartsWith('-') && !label.EndsWith('-'));

    // It becomes a part of names: of log files, of metrics, of lines.
    private static string? ReadId(ConfigObject? printed)
    {
        if (printed?.Text("Id") is { } id && (id.Length is 0 or > LongestId || !id.All(char.IsAsciiLetterOrDigit)))
        {
            printed.Mistake(
                "Id", $"'{id}' is not the id of a distribution, which is letters and digits, {LongestId} at most",
                "Give it as get-distribution prints it, like EDFDVBD6EXAMPLE");
        }
        return printed?.Text("Id");
    }

    private static string? ReadDomainName(ConfigObject? printed)
    {
        if (printed?.Text("DomainName")?.ToLowerInvariant() is not { } name || IsHostName(name))
            return printed?.Text("DomainName")?.ToLowerInvariant();
        printed.Mistake(
            "DomainName", $"'{name}' is not a host name", "Give it as get-distribution prints it, like d111111abcdef8.cloudfront.net");
        return name;
    }

    private static Distribution Read(ConfigObject root, string id, string domainName, ResourceCatalog resources)
    {
        var (allowsHttp2, asksForHttp3, http3ReplacesHttp2) = ReadHttpVersion(root);
        var origins = OriginReader.ReadAll(root, resources);
        var groups = OriginGroupReader.ReadAll(root, origins);
        var behaviors = new BehaviorReader(
            [.. origins.Select(origin => origin.Id), .. groups.Select(group => group.Id)],
            new GrpcConfigReader(origins, groups, allowsHttp2),
            resources);
        var distribution = new Distribution
        {
            Id = id,
            DomainName = domainName,
            Enabled = root.Flag("Enabled") ?? true,
            Aliases = ReadAliases(root),
            DefaultRootObject = ReadDefaultRootObject(root),
            Origins = origins,
            OriginGroups = groups,
            DefaultCacheBehavior = behaviors.ReadDefault(root),
            CacheBehaviors = behaviors.ReadOthers(root),
            GeoRestriction = GeoRestrictionReader.Read(root),
            Logging = StandardLoggingReader.Read(root),
            AllowsHttp2 = allowsHttp2,
            AsksForHttp3 = asksForHttp3,
            Http3ReplacesHttp2 = http3ReplacesHttp2,
            ViewerCertificate = ViewerCertificateReader.Read(root),
            Staging = root.Flag("Staging") ?? false,
            ContinuousDeploymentPolicy = ReadDeploymentPolicy(root, resources),
            CacheTagHeader = ReadCacheTagHeader(root),
        };
        CheckDeployment(root, distribution);
        root.Text("CallerReference");
        if (root.Text("Comment") is { Length: > Limits.CommentLength })
            root.Mistake("Comment", $"the comment is longer than {Limits.CommentLength} characters", "Shorten it");
        // Both say which of AWS's edges answer, and which DNS records name them. Here there is one edge, and no DNS.
        root.OneOf("PriceClass", required: false, "PriceClass_100", "PriceClass_200", "PriceClass_All", "None");
        root.Flag("IsIPV6Enabled");
        RefuseUnsupported(root);
        return CustomErrorReader.Read(root, distribution);
    }

    private static ImmutableArray<string> ReadAliases(ConfigObject root)
    {
        var aliases = root.TextList("Aliases").ConvertAll(alias => alias.ToLowerInvariant());
        if (aliases.Count > Limits.Aliases)
            root.Mistake("Aliases", $"{aliases.Count} aliases are more than {Limits.Aliases}", "Shorten the list");
        foreach (var alias in aliases)
        {
            if (!IsHostName(alias.StartsWith("*.", StringComparison.Ordinal) ? alias[2..] : alias))
            {
                root.Mistake(
                    "Aliases", $"'{alias}' is not a host name",
                    "Write a name such as www.example.com; a wildcard only as the whole first label");
            }
        }
        if (aliases.Distinct().Count() != aliases.Count)
            root.Mistake("Aliases", "an alias is listed twice", "Leave one of them");
        return [.. aliases];
    }

    private static string ReadDefaultRootObject(ConfigObject root)
    {
        var name = root.Text("DefaultRootObject") ?? "";
        foreach (var (problem, fix) in RootObjectName.Mistakes(name))
            root.Mistake("DefaultRootObject", problem, fix);
        return name;
    }

    private static (bool AllowsHttp2, bool AsksForHttp3, bool Http3ReplacesHttp2) ReadHttpVersion(ConfigObject root)
    {
        var version = root.Text("HttpVersion")?.ToLower(CultureInfo.InvariantCulture) ?? "http2";
        if (version is not ("http1.1" or "http2" or "http3" or "http2and3"))
            root.Mistake("HttpVersion", $"'{version}' is not one of http1.1, http2, http3, http2and3", "Use one of them");
        return (version != "http1.1", version.EndsWith('3'), version == "http3");
    }

    private static ContinuousDeploymentPolicy? ReadDeploymentPolicy(ConfigObject root, ResourceCatalog resources)
    {
        const string name = "ContinuousDeploymentPolicyId";
        if (root.Text(name) is not { Length: > 0 } id)
            return null;
        if (resources.ContinuousDeploymentPolicies.TryGetValue(id, out var policy))
            return policy;
        root.Mistake(
            name, $"there is no continuous deployment policy '{id}': it is not given",
            resources.HowToGive(ResourceKind.ContinuousDeploymentPolicy, id));
        return null;
    }

    private static void CheckDeployment(ConfigObject root, Distribution distribution)
    {
        var isPrimary = distribution.ContinuousDeploymentPolicy is not null;
        if (isPrimary && distribution.Staging)
        {
            root.Mistake(
                "ContinuousDeploymentPolicyId", "a staging distribution has no policy of its own: its primary names the policy",
                "Leave it empty, or set Staging to false");
        }
        if ((isPrimary || distribution.Staging) && distribution.AsksForHttp3)
            root.Mistake("HttpVersion", "HTTP/3 and continuous deployment exclude each other", "Use http2 or http1.1");
    }

    private static string? ReadCacheTagHeader(ConfigObject root)
    {
        if (root.Object("CacheTagConfig") is not { } config)
            return null;
        var name = config.Text("HeaderName", required: true);
        if (name is not null && !HeaderNames.IsToken(name))
            config.Mistake(
                "HeaderName", $"'{name}' is not the name of a header", "Use letters, digits and dashes, like x-amz-meta-cache-tag");
        config.Close();
        return name;
    }

    private static void RefuseUnsupported(ConfigObject root)
    {
        root.RefuseUnlessEmpty("WebACLId", "web ACLs are");
        root.RefuseUnlessEmpty("AnycastIpListId", "anycast IP lists are");
        root.RefuseIfPresent("TenantConfig", "tenants are");
        root.OneOf("ConnectionMode", required: false, ["direct"], ["tenant-only"]);
        root.RefuseIfPresent("ViewerMtlsConfig", "certificates of viewers are");
        root.RefuseIfPresent("ConnectionFunctionAssociation", "connection functions are");
    }
}
