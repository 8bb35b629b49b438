using System.Collections.Frozen;

namespace Brink.Edge.Cache.Rules;

/// <summary>The content types that the edge compresses: CloudFront's list (distribution spec 3.8).</summary>
internal static class CompressibleTypes
{
    private static readonly FrozenSet<string> Types = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "application/dash+xml", "application/eot", "application/font", "application/font-sfnt", "application/javascript",
        "application/json", "application/opentype", "application/otf", "application/pdf", "application/pkcs7-mime",
        "application/protobuf", "application/rss+xml", "application/truetype", "application/ttf", "application/vnd.apple.mpegurl",
        "application/vnd.mapbox-vector-tile", "application/vnd.ms-fontobject", "application/wasm", "application/xhtml+xml",
        "application/xml", "application/x-font-opentype", "application/x-font-truetype", "application/x-font-ttf",
        "application/x-httpd-cgi", "application/x-javascript", "application/x-mpegurl", "application/x-opentype", "application/x-otf",
        "application/x-perl", "application/x-ttf",
        "font/eot", "font/opentype", "font/otf", "font/ttf",
        "image/svg+xml",
        "text/css", "text/csv", "text/html", "text/javascript", "text/js", "text/plain", "text/richtext", "text/tab-separated-values",
        "text/xml", "text/x-component", "text/x-java-source", "text/x-script",
        "vnd.apple.mpegurl");

    /// <summary>Whether a Content-Type is on the list, whatever its parameters and letter case are.</summary>
    public static bool Contains(string? contentType)
    {
        var type = contentType.AsSpan();
        var semicolon = type.IndexOf(';');
        return Types.GetAlternateLookup<ReadOnlySpan<char>>().Contains((semicolon < 0 ? type : type[..semicolon]).Trim(" \t"));
    }
}
