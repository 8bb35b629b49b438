using System.Buffers;
using System.Collections.Immutable;

namespace Brink.Distributions;

/// <summary>
/// The rules for an origin's settings, from a configuration or from a function (distribution spec 2.2, functions spec 7.1).
/// </summary>
public static class OriginRules
{
    /// <summary>Characters of an origin path.</summary>
    public const int PathLength = 255;

    /// <summary>Characters of a host name.</summary>
    public const int HostNameLength = 253;

    private static readonly string[] DeniedHeaders =
    [
        "Cache-Control", "Connection", "Content-Length", "Cookie", "Host", "Max-Forwards", "Pragma", "Proxy-Authorization",
        "Proxy-Connection",
        "Range", "Request-Range", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via", "Warning", "X-Real-Ip",
    ];

    private static readonly string[] DeniedPrefixes = ["If-", "X-Amz-", "X-Edge-"];

    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@%/");

    private static readonly SearchValues<char> RegionCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>The names of TLS protocols. Spoken are 1.2 and newer.</summary>
    public static ImmutableArray<string> SslProtocols { get; } = ["SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2"];

    /// <summary>Those of a configuration that lists none.</summary>
    public static ImmutableArray<string> DefaultSslProtocols { get; } = ["TLSv1.2"];

    /// <summary>Whether a header of that name may not be a custom header of an origin.</summary>
    public static bool IsDeniedHeader(string name) =>
        DeniedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)
        || Array.Exists(DeniedPrefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the text has only characters that a path on the wire may have.</summary>
    public static bool HasPathCharacters(string path) => !path.AsSpan().ContainsAnyExcept(PathCharacters);

    /// <summary>Whether the text is a host name and no address: what functions may put in place of one.</summary>
    public static bool IsNameOfHost(string name) =>
        DistributionConfigReader.IsHostName(name.ToLowerInvariant()) && !System.Net.IPAddress.TryParse(name, out _);

    /// <summary>Whether it is written like the code of a region, such as <c>us-east-2</c>.</summary>
    public static bool LooksLikeRegion(string text) =>
        text.Length is >= 9 and <= 32
            && char.IsAsciiDigit(text[^1]) && text.Contains('-') && !text.AsSpan().ContainsAnyExcept(RegionCharacters);

    /// <summary>80, 443, 1024 to 65535.</summary>
    public static bool IsPort(double port) => port is 80 or 443 or (>= 1024 and <= 65535);
}
