using System.Collections.Immutable;
using Brink.Configuration;
using Brink.Http;
using Brink.Resources;

namespace Brink.Distributions;

/// <summary>The origins of a DistributionConfig (distribution spec 2.2).</summary>
internal static class OriginReader
{
    private const string IdentityPrefix = "origin-access-identity/cloudfront/";

    public static ImmutableArray<Origin> ReadAll(ConfigObject root, ResourceCatalog resources)
    {
        if (root.Object("Origins", required: true) is not { } list)
            return [];
        var items = list.Objects();
        if (items.Count == 0)
            list.Mistake("Items", "there is no origin", "Add one");
        if (items.Count > Limits.Origins)
            list.Mistake("Items", $"{items.Count} origins are more than {Limits.Origins}", "Shorten the list");
        var origins = ImmutableArray.CreateBuilder<Origin>(items.Count);
        foreach (var item in items)
        {
            var origin = Read(item, resources);
            if (origins.Any(other => other.Id == origin.Id))
                item.Mistake("Id", $"two origins have the id '{origin.Id}'", "Give each its own");
            origins.Add(origin);
        }
        list.Close();
        return origins.ToImmutable();
    }

    private static Origin Read(ConfigObject item, ResourceCatalog resources)
    {
        var id = item.Text("Id", required: true) ?? "";
        if (id.Length is 0 or > 128)
            item.Mistake("Id", "the id has no or more than 128 characters", "Give it a short name");
        item.RefuseIfPresent("VpcOriginConfig", "VPC origins are");
        var shieldRegion = ReadShield(item);
        if (item.Has("S3OriginConfig") && item.Has("CustomOriginConfig"))
            item.Mistake("S3OriginConfig", "an origin has either S3OriginConfig or CustomOriginConfig", "Leave one of them");
        Origin origin = item.Object("S3OriginConfig") is { } bucket ? ReadBucket(item, bucket, id, resources) : ReadServer(item, id);
        item.Close();
        return origin with { ShieldRegion = shieldRegion };
    }

    private static string? ReadShield(ConfigObject item)
    {
        if (item.Object("OriginShield") is not { } shield)
            return null;
        var isEnabled = shield.Flag("Enabled", required: true) == true;
        var region = shield.Text("OriginShieldRegion") ?? "";
        if (isEnabled && region.Length == 0)
            shield.Mistake("OriginShieldRegion", "Origin Shield is enabled without a region", "Name one, such as us-east-2");
        else if (region.Length > 0 && !OriginRules.LooksLikeRegion(region))
            shield.Mistake("OriginShieldRegion", $"'{region}' is not the code of a region", "Write it like us-east-2");
        shield.Close();
        return isEnabled ? region : null;
    }

    private static CustomOrigin ReadServer(ConfigObject item, string id)
    {
        var origin = new CustomOrigin
        {
            Id = id,
            DomainName = ReadDomainName(item),
            OriginPath = ReadOriginPath(item),
            CustomHeaders = ReadCustomHeaders(item),
            ConnectionAttempts = ReadConnectionAttempts(item),
            ConnectionTimeout = ReadConnectionTimeout(item),
        };
        if (item.Text("OriginAccessControlId") is { Length: > 0 })
            item.Mistake(
                "OriginAccessControlId",
                "origin access controls of a custom origin are not supported yet: requests are signed for S3 buckets only",
                "Leave it out, or use an S3OriginConfig");
        if (item.Object("CustomOriginConfig") is { } custom)
            origin = ReadCustomConfig(custom, origin);
        else if (!item.Has("VpcOriginConfig") && !item.Has("CustomOriginConfig") && !item.Has("S3OriginConfig"))
            item.Mistake("CustomOriginConfig", "the setting is required", "Add it, or S3OriginConfig for a bucket");
        return origin with { ResponseCompletionTimeout = ReadCompletionTimeout(item, origin.ReadTimeout) };
    }

    private static S3Origin ReadBucket(ConfigObject item, ConfigObject config, string id, ResourceCatalog resources)
    {
        var name = ReadDomainName(item);
        if (BucketName.IsWebsite(name))
            item.Mistake(
                "DomainName", $"'{name}' is a bucket's website, and no bucket",
                "Use a CustomOriginConfig for it, or the bucket's own name: bucket.s3.us-east-2.amazonaws.com");
        var identity = config.Text("OriginAccessIdentity", required: true) ?? "";
        if (identity.Length > 0
            && !(identity.StartsWith(IdentityPrefix, StringComparison.Ordinal) && identity.Length > IdentityPrefix.Length))
            config.Mistake(
                "OriginAccessIdentity", $"'{identity}' is not an origin access identity",
                $"Write it like {IdentityPrefix}E127EXAMPLE51Z, or leave it empty");
        var control = item.Text("OriginAccessControlId") is { Length: > 0 } controlId ? resources.OriginAccessControlOf(controlId) : null;
        if (control is not null && identity.Length > 0)
            item.Mistake(
                "OriginAccessControlId", "an origin access control and an origin access identity exclude each other",
                "Leave OriginAccessIdentity empty");
        var readTimeout = TimeSpan.FromSeconds(config.Number("OriginReadTimeout", 1, 120) ?? 30);
        config.Close();
        return new S3Origin
        {
            Id = id,
            DomainName = name,
            OriginPath = ReadOriginPath(item),
            Region = BucketName.TryParse(name, out var bucket) ? bucket.Region : "",
            AuthMethod = identity.Length > 0 ? S3AuthMethod.OriginAccessIdentity : S3AuthMethod.None,
            AccessControl = control,
            CustomHeaders = ReadCustomHeaders(item),
            ConnectionAttempts = ReadConnectionAttempts(item),
            ConnectionTimeout = ReadConnectionTimeout(item),
            ReadTimeout = readTimeout,
            ResponseCompletionTimeout = ReadCompletionTimeout(item, readTimeout),
        };
    }

    private static int ReadConnectionAttempts(ConfigObject item) => (int)(item.Number("ConnectionAttempts", 1, 3) ?? 3);

    private static TimeSpan ReadConnectionTimeout(ConfigObject item) => TimeSpan.FromSeconds(item.Number("ConnectionTimeout", 1, 10) ?? 10);

    /// <summary>Null and 0, which Terraform sends where its user says nothing, are no limit.</summary>
    private static TimeSpan? ReadCompletionTimeout(ConfigObject item, TimeSpan readTimeout)
    {
        if (item.Number("ResponseCompletionTimeout", 0, int.MaxValue) is not ({ } seconds and > 0))
            return null;
        if (TimeSpan.FromSeconds(seconds) < readTimeout)
            item.Mistake("ResponseCompletionTimeout", $"{seconds} s are shorter than OriginReadTimeout", "Make it at least as long");
        return TimeSpan.FromSeconds(seconds);
    }

    private static string ReadDomainName(ConfigObject item)
    {
        var name = (item.Text("DomainName", required: true) ?? "").ToLowerInvariant();
        if (name.Length > 0 && !DistributionConfigReader.IsHostName(name))
            item.Mistake("DomainName", $"'{name}' is not a host name", "Give the name alone: no scheme, port or path");
        return name;
    }

    private static string ReadOriginPath(ConfigObject item)
    {
        var path = item.Text("OriginPath") ?? "";
        if (path.Length == 0)
            return path;
        if (path[0] != '/' || path[^1] == '/')
            item.Mistake("OriginPath", $"'{path}' does not begin with a slash, or ends with one", "Write it like /folder");
        if (path.Length > OriginRules.PathLength || !OriginRules.HasPathCharacters(path))
            item.Mistake(
                "OriginPath", $"the path is longer than {OriginRules.PathLength} characters or holds one that a path cannot have",
                "Percent-encode it");
        return path;
    }

    private static ImmutableArray<HeaderField> ReadCustomHeaders(ConfigObject item)
    {
        if (item.Object("CustomHeaders") is not { } list)
            return [];
        var fields = ImmutableArray.CreateBuilder<HeaderField>();
        foreach (var header in list.Objects())
        {
            var name = header.Text("HeaderName", required: true) ?? "";
            var value = header.Text("HeaderValue", required: true) ?? "";
            CheckCustomHeader(header, name, value);
            if (fields.Any(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
                header.Mistake("HeaderName", $"{name} is there twice", "Leave one of them");
            fields.Add(new HeaderField(name, value));
            header.Close();
        }
        if (fields.Count > Limits.OriginCustomHeaders)
            list.Mistake("Items", $"{fields.Count} headers are more than {Limits.OriginCustomHeaders}", "Shorten the list");
        if (fields.Sum(field => field.Name.Length + field.Value.Length) > Limits.OriginCustomHeadersLength)
            list.Mistake(
                "Items", $"names and values together are longer than {Limits.OriginCustomHeadersLength} characters", "Shorten them");
        list.Close();
        return fields.ToImmutable();
    }

    private static void CheckCustomHeader(ConfigObject header, string name, string value)
    {
        if (!HeaderNames.IsToken(name) || name.Length > Limits.OriginCustomHeaderNameLength)
            header.Mistake(
                "HeaderName", $"'{name}' is not a header name of at most {Limits.OriginCustomHeaderNameLength} characters", "Correct it");
        else if (OriginRules.IsDeniedHeader(name))
            header.Mistake("HeaderName", $"{name} may not be a custom header", "Take it off the list");
        if (!HeaderNames.IsValue(value) || value.Length > Limits.OriginCustomHeaderValueLength)
            header.Mistake(
                "HeaderValue", $"the value is not a header value of at most {Limits.OriginCustomHeaderValueLength} characters",
                "Correct it");
    }

    private static CustomOrigin ReadCustomConfig(ConfigObject custom, CustomOrigin origin)
    {
        origin = origin with
        {
            HttpPort = ReadPort(custom, "HTTPPort", 80),
            HttpsPort = ReadPort(custom, "HTTPSPort", 443),
            ProtocolPolicy = custom.OneOf("OriginProtocolPolicy", required: true, "http-only", "match-viewer", "https-only") switch
            {
                "http-only" => OriginProtocolPolicy.HttpOnly,
                "https-only" => OriginProtocolPolicy.HttpsOnly,
                _ => OriginProtocolPolicy.MatchViewer,
            },
            ReadTimeout = TimeSpan.FromSeconds(custom.Number("OriginReadTimeout", 1, 120) ?? 30),
            KeepaliveTimeout = TimeSpan.FromSeconds(custom.Number("OriginKeepaliveTimeout", 1, 120) ?? 5),
            IpAddressType = custom.OneOf("IpAddressType", required: false, "ipv4", "ipv6", "dualstack") switch
            {
                "ipv4" => OriginIpAddressType.IPv4,
                "ipv6" => OriginIpAddressType.IPv6,
                _ => OriginIpAddressType.DualStack,
            },
        };
        origin = origin with { SslProtocols = ReadSslProtocols(custom) };
        custom.RefuseIfPresent("OriginMtlsConfig", "client certificates towards origins are");
        custom.Close();
        return origin;
    }

    private static int ReadPort(ConfigObject custom, string name, int byDefault)
    {
        if (custom.Number(name, 1, 65535, required: true) is not { } port)
            return byDefault;
        if (!OriginRules.IsPort(port))
            custom.Mistake(name, $"{port} is not 80, 443 or 1024 to 65535", "Use one of these ports");
        return (int)port;
    }

    // A set, not a minimum. We speak TLS 1.2 and newer, so a set that allows older ones too is met; one that forbids 1.2 is not.
    private static ImmutableArray<string> ReadSslProtocols(ConfigObject custom)
    {
        if (!custom.Has("OriginSslProtocols"))
            return OriginRules.DefaultSslProtocols;
        var protocols = custom.TextList("OriginSslProtocols");
        foreach (var protocol in protocols)
        {
            if (!OriginRules.SslProtocols.Contains(protocol))
                custom.Mistake("OriginSslProtocols", $"'{protocol}' is not one of SSLv3, TLSv1, TLSv1.1, TLSv1.2", "Use TLSv1.2");
        }
        if (!protocols.Contains("TLSv1.2"))
            custom.Mistake("OriginSslProtocols", "a set without TLSv1.2 is not supported: older protocols are never spoken", "Add TLSv1.2");
        return [.. protocols];
    }
}
