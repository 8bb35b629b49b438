using System.Collections.Immutable;
using Brink.Configuration;
using Brink.Http;

namespace Brink.Distributions;

/// <summary>The origins of a DistributionConfig (distribution spec 2.2).</summary>
internal static class OriginReader
{
    public static ImmutableArray<Origin> ReadAll(ConfigObject root)
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
            var origin = Read(item);
            if (origins.Any(other => other.Id == origin.Id))
                item.Mistake("Id", $"two origins have the id '{origin.Id}'", "Give each its own");
            origins.Add(origin);
        }
        list.Close();
        return origins.ToImmutable();
    }

    private static CustomOrigin Read(ConfigObject item)
    {
        var id = item.Text("Id", required: true) ?? "";
        if (id.Length is 0 or > 128)
            item.Mistake("Id", "the id has no or more than 128 characters", "Give it a short name");
        var origin = new CustomOrigin
        {
            Id = id,
            DomainName = ReadDomainName(item),
            OriginPath = ReadOriginPath(item),
            CustomHeaders = ReadCustomHeaders(item),
            ConnectionAttempts = (int)(item.Number("ConnectionAttempts", 1, 3) ?? 3),
            ConnectionTimeout = TimeSpan.FromSeconds(item.Number("ConnectionTimeout", 1, 10) ?? 10),
        };
        if (item.Has("S3OriginConfig"))
            item.Mistake("S3OriginConfig", "S3 origins are not supported yet", "Use a CustomOriginConfig");
        item.RefuseIfPresent("VpcOriginConfig", "VPC origins are");
        item.RefuseUnlessEmpty("OriginAccessControlId", "origin access controls are");
        if (item.Object("OriginShield") is { } shield)
        {
            shield.RefuseIfTrue("Enabled", "Origin Shield is");
            shield.Text("OriginShieldRegion");
            shield.Close();
        }
        if (item.Object("CustomOriginConfig") is { } custom)
            origin = ReadCustomConfig(custom, origin);
        else if (!item.Has("S3OriginConfig") && !item.Has("VpcOriginConfig") && !item.Has("CustomOriginConfig"))
            item.Mistake("CustomOriginConfig", "the setting is required", "Add it");
        if (item.Number("ResponseCompletionTimeout", 1, int.MaxValue) is { } completion)
        {
            origin = origin with { ResponseCompletionTimeout = TimeSpan.FromSeconds(completion) };
            if (origin.ResponseCompletionTimeout < origin.ReadTimeout)
                item.Mistake("ResponseCompletionTimeout", "it is shorter than OriginReadTimeout", "Make it at least as long");
        }
        item.Close();
        return origin;
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
            item.Mistake("OriginPath", $"it is longer than {OriginRules.PathLength} characters or holds one that a path cannot", "Percent-encode it");
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
            list.Mistake("Items", $"names and values together are longer than {Limits.OriginCustomHeadersLength} characters", "Shorten them");
        list.Close();
        return fields.ToImmutable();
    }

    private static void CheckCustomHeader(ConfigObject header, string name, string value)
    {
        if (!HeaderNames.IsToken(name) || name.Length > Limits.OriginCustomHeaderNameLength)
            header.Mistake("HeaderName", $"'{name}' is not a header name of at most {Limits.OriginCustomHeaderNameLength} characters", "Correct it");
        else if (OriginRules.IsDeniedHeader(name))
            header.Mistake("HeaderName", $"{name} may not be a custom header", "Take it off the list");
        if (!HeaderNames.IsValue(value) || value.Length > Limits.OriginCustomHeaderValueLength)
            header.Mistake("HeaderValue", $"not a header value of at most {Limits.OriginCustomHeaderValueLength} characters", "Correct it");
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
            custom.Mistake("OriginSslProtocols", "a set without TLSv1.2 is not supported: older protocols are not spoken", "Add TLSv1.2");
        return [.. protocols];
    }
}
