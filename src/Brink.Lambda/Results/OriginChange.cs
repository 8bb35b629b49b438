using System.Collections.Immutable;
using System.Text.Json;
using Brink.Distributions;
using Brink.Http;
using Brink.Lambda.Events;

namespace Brink.Lambda.Results;

/// <summary>Reads the <c>origin</c> that an origin-request function returns (lambda-edge spec 1.5, 2.5).</summary>
internal readonly struct OriginChange(HeaderMap headers, Verdict verdict, Origin original, EdgeRequest request)
{
    private const int S3NameLength = 128;
    private const int MaxTimeout = 120;

    /// <summary>The origin to ask in place of the original; null when it is still that one, or after a verdict.</summary>
    public Origin? Read(JsonElement given)
    {
        if (given.ValueKind != JsonValueKind.Object)
        {
            Refuse("", $"must be an object, not {ResultJson.Kind(given)}", "Write { custom: {...} } or { s3: {...} }");
            return null;
        }
        var isCustom = ResultJson.Has(given, "custom"u8, out var custom);
        var isBucket = ResultJson.Has(given, "s3"u8, out var bucket);
        if (isCustom == isBucket)
        {
            Refuse("", isCustom ? "must not have both custom and s3" : "must have custom or s3", "Leave exactly one of the two");
            return null;
        }
        var settings = isCustom ? custom : bucket;
        if (settings.ValueKind != JsonValueKind.Object)
        {
            var path = isCustom ? ".custom" : ".s3";
            Refuse(path, $"must be an object, not {ResultJson.Kind(settings)}", "Give the origin's settings in braces");
            return null;
        }
        Origin changed = isCustom ? ReadCustom(settings)
            : original is DirectoryOrigin folder ? ReadFolder(settings, folder)
            : ReadBucket(settings, original as S3Origin);
        return verdict.IsOver || changed == original ? null : changed;
    }

    // ---------------------------------------------------------------- custom

    private CustomOrigin ReadCustom(JsonElement given)
    {
        const string path = ".custom";
        var isHttps = request.IsHttps;
        var before = original as CustomOrigin;
        var origin = before ?? new CustomOrigin { Id = original.Id, DomainName = "" };
        var domainName = ReadHostName(given, path + ".domainName", before?.DomainName);
        var port = ReadNumber(given, "port"u8, path + ".port", 1, 65535, null);
        if (port is { } number && !OriginRules.IsPort(number))
            Refuse(path + ".port", $"must be 80, 443 or 1024 to 65535, not {number}", "Use one of these ports");
        var protocol = ReadWord(given, "protocol"u8, path + ".protocol", null, "http", "https");
        origin = origin with
        {
            DomainName = domainName,
            OriginPath = ReadPath(given, path + ".path", OriginRules.PathLength),
            KeepaliveTimeout = TimeSpan.FromSeconds(
                ReadNumber(given, "keepaliveTimeout"u8, path + ".keepaliveTimeout", 1, MaxTimeout, 5) ?? 5),
            ReadTimeout = TimeSpan.FromSeconds(ReadNumber(given, "readTimeout"u8, path + ".readTimeout", 1, MaxTimeout, 30) ?? 30),
            SslProtocols = ReadSslProtocols(given, path + ".sslProtocols", protocol == "https", origin.SslProtocols),
            CustomHeaders = ReadCustomHeaders(given, path + ".customHeaders", origin.CustomHeaders),
        };
        if (verdict.IsOver)
            return origin;
        if (origin.ResponseCompletionTimeout is { } longest && longest < origin.ReadTimeout)
        {
            Refuse(
                path + ".readTimeout", $"must not be over the origin's response completion timeout of {longest.TotalSeconds} s",
                "Wait less, or raise ResponseCompletionTimeout in the distribution");
        }
        // Where the function changes neither, an origin that follows the viewer's scheme goes on doing so.
        if (before is not null && port == ShownOrigin.PortOf(before, isHttps) && protocol == ShownOrigin.ProtocolOf(before, isHttps))
            return origin;
        return protocol == "https"
            ? origin with { ProtocolPolicy = OriginProtocolPolicy.HttpsOnly, HttpsPort = port!.Value }
            : origin with { ProtocolPolicy = OriginProtocolPolicy.HttpOnly, HttpPort = port!.Value };
    }

    private string ReadHostName(JsonElement given, string path, string? before)
    {
        // A development origin may be an address; left alone, it stays.
        if (before is not null && given.TryGetProperty("domainName"u8, out var same)
            && same.ValueKind == JsonValueKind.String && same.ValueEquals(before))
        {
            return before;
        }
        var name = ReadText(given, "domainName"u8, path, OriginRules.HostNameLength, isRequired: true);
        if (verdict.IsOver)
            return "";
        if (name.Length == 0)
            Refuse(path, "must not be empty", "Name the server to ask");
        else if (name.Contains(':'))
            Refuse(path, $"must not have a colon, and is '{Verdict.Shown(name)}'", "Give the name alone; the port has a field of its own");
        else if (System.Net.IPAddress.TryParse(name, out _))
            Refuse(path, $"must not be an IP address, and is '{Verdict.Shown(name)}'", "Give a name that resolves to it");
        else if (!OriginRules.IsNameOfHost(name))
            Refuse(path, $"must be a DNS name, and is '{Verdict.Shown(name)}'", "Give the name alone: no scheme and no path");
        return name.ToLowerInvariant();
    }

    private ImmutableArray<string> ReadSslProtocols(JsonElement given, string path, bool isHttps, ImmutableArray<string> before)
    {
        if (verdict.IsOver || !ResultJson.Has(given, "sslProtocols"u8, out var list))
            return OriginRules.DefaultSslProtocols;
        var allowed = string.Join(", ", OriginRules.SslProtocols);
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is 0 or > 4)
        {
            Refuse(path, "must be an array of one to four protocols", $"List some of {allowed}");
            return before;
        }
        var protocols = ImmutableArray.CreateBuilder<string>();
        foreach (var entry in list.EnumerateArray())
        {
            var known = entry.ValueKind == JsonValueKind.String && ResultJson.RawLength(entry) <= 16 ? entry.GetString()! : "";
            if (!OriginRules.SslProtocols.Contains(known))
            {
                Refuse($"{path}[{protocols.Count}]", $"must be one of {allowed}, not {ResultJson.Shown(entry)}", "Use one of them");
                return before;
            }
            protocols.Add(known);
        }
        if (protocols.SequenceEqual(before))
            return before;
        if (isHttps && !protocols.Contains("TLSv1.2"))
            Refuse(path, "has no TLSv1.2, and Brink does not speak older protocols", "Add TLSv1.2");
        return protocols.ToImmutable();
    }

    // ---------------------------------------------------------------- s3

    /// <summary>A folder that stays one can take another path, and nothing else.</summary>
    private Origin ReadFolder(JsonElement given, DirectoryOrigin folder)
    {
        var shown = ShownOrigin.BucketFor(folder);
        var bucket = ReadBucket(given, shown);
        if (verdict.IsOver || bucket.DomainName != shown.DomainName)
            return bucket;
        if (bucket with { OriginPath = shown.OriginPath } != shown)
        {
            Refuse(
                ".s3", "stands for a local folder, which has neither headers nor a region nor an identity",
                "Change domainName as well, or leave these as they are");
        }
        var moved = folder with { OriginPath = bucket.OriginPath };
        return moved;
    }

    private S3Origin ReadBucket(JsonElement given, S3Origin? before)
    {
        const string path = ".s3";
        var name = ReadText(given, "domainName"u8, path + ".domainName", S3NameLength, isRequired: true);
        if (!verdict.IsOver && name.AsSpan().ContainsAnyInRange('A', 'Z'))
        {
            Refuse(path + ".domainName", "must be in lower case", $"Write '{Verdict.Shown(name.ToLowerInvariant())}'");
        }
        else if (!verdict.IsOver && !OriginRules.IsNameOfHost(name))
        {
            Refuse(
                path + ".domainName", $"must be the DNS name of a bucket, and is '{Verdict.Shown(name)}'",
                "Write it like bucket.s3.us-east-2.amazonaws.com");
        }
        const string identity = "origin-access-identity";
        var isIdentity = ReadWord(given, "authMethod"u8, path + ".authMethod", "none", "none", identity) == identity;
        var region = ReadText(given, "region"u8, path + ".region", 64, isRequired: isIdentity);
        if (!verdict.IsOver && region.Length > 0 && !OriginRules.LooksLikeRegion(region))
            Refuse(path + ".region", $"must be the code of a region, and is '{Verdict.Shown(region)}'", "Write it like us-east-2");
        else if (isIdentity && region.Length == 0)
            Refuse(path + ".region", "is required with origin-access-identity", "Name the bucket's region");
        if (isIdentity && before?.AuthMethod != S3AuthMethod.OriginAccessIdentity)
        {
            Refuse(
                path + ".authMethod", "can be origin-access-identity only where the behavior's origin is a bucket with that identity",
                "Say 'none'");
        }
        // Times and the origin access control, which no event shows, stay those of a bucket that is changed.
        return (before ?? new S3Origin { Id = original.Id, DomainName = name }) with
        {
            DomainName = name,
            OriginPath = ReadPath(given, path + ".path", int.MaxValue),
            Region = region,
            AuthMethod = isIdentity ? S3AuthMethod.OriginAccessIdentity : S3AuthMethod.None,
            CustomHeaders = ReadCustomHeaders(given, path + ".customHeaders", before?.CustomHeaders ?? []),
        };
    }

    // ---------------------------------------------------------------- both

    private ImmutableArray<HeaderField> ReadCustomHeaders(JsonElement given, string path, ImmutableArray<HeaderField> before) =>
        verdict.IsOver || !ResultJson.Has(given, "customHeaders"u8, out var map)
            ? []
            : headers.ReadCustomHeaders(map, "request.origin" + path, before, request);

    private string ReadPath(JsonElement given, string path, int maxLength)
    {
        var text = ReadText(given, "path"u8, path, maxLength, isRequired: false);
        if (verdict.IsOver || text.Length == 0)
            return text;
        if (text[0] != '/' || text[^1] == '/')
            Refuse(path, $"must begin with a slash and not end with one, and is '{Verdict.Shown(text)}'", "Write it like /folder");
        else if (!OriginRules.HasPathCharacters(text))
            Refuse(path, $"must be URL-encoded, and is '{Verdict.Shown(text)}'", "Pass it through encodeURI");
        return text;
    }

    private string ReadText(JsonElement given, ReadOnlySpan<byte> name, string path, int maxLength, bool isRequired)
    {
        if (verdict.IsOver)
            return "";
        if (!ResultJson.Has(given, name, out var value))
        {
            if (isRequired)
                Refuse(path, "is missing", "Add it");
            return "";
        }
        if (value.ValueKind != JsonValueKind.String)
        {
            Refuse(path, $"must be a string, not {ResultJson.Kind(value)}", "Put it into quotes");
            return "";
        }
        var text = value.GetString()!;
        if (text.Length <= maxLength)
            return text;
        Refuse(path, $"must not be over {maxLength} characters", "Shorten it");
        return "";
    }

    private int? ReadNumber(JsonElement given, ReadOnlySpan<byte> name, string path, int min, int max, int? byDefault)
    {
        if (verdict.IsOver)
            return null;
        if (!ResultJson.Has(given, name, out var value))
        {
            if (byDefault is null)
                Refuse(path, "is missing", "Add it");
            return byDefault;
        }
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max)
            return number;
        Refuse(
            path, $"must be an integer from {min} to {max}, not {ResultJson.Shown(value)}", "Use a number in this range, without quotes");
        return null;
    }

    private string? ReadWord(JsonElement given, ReadOnlySpan<byte> name, string path, string? byDefault, string first, string second)
    {
        if (verdict.IsOver)
            return null;
        if (!ResultJson.Has(given, name, out var value))
        {
            if (byDefault is null)
                Refuse(path, "is missing", $"Say '{first}' or '{second}'");
            return byDefault;
        }
        if (value.ValueKind == JsonValueKind.String)
        {
            if (value.ValueEquals(first))
                return first;
            if (value.ValueEquals(second))
                return second;
        }
        Refuse(path, $"must be '{first}' or '{second}', not {ResultJson.Shown(value)}", "Use one of them");
        return null;
    }

    private void Refuse(string path, string rule, string fix) =>
        verdict.Refuse(ResultTexts.OriginValue(path), "request.origin" + path, rule, fix);
}
