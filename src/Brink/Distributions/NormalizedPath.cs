using System.Globalization;
using System.Text;

namespace Brink.Distributions;

/// <summary>
/// A path as path patterns see it: percent-encoded unreserved characters are decoded and dot segments are gone (RFC 3986 sections 6.2.2.2
/// and 6.2.2.3). A viewer cannot spell a path so that it misses the behavior that guards it. Functions and origins get it as it came.
/// </summary>
public static class NormalizedPath
{
    /// <summary>The path; the same text where nothing is to be done, which is nearly always.</summary>
    public static string Of(string path)
    {
        if (!path.Contains('%') && !path.Contains("/.", StringComparison.Ordinal))
            return path;
        var decoded = path.Contains('%') ? Decode(path) : path;
        return decoded.Contains("/.", StringComparison.Ordinal) ? WithoutDotSegments(decoded) : decoded;
    }

    private static string Decode(string path)
    {
        var text = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '%' && i + 2 < path.Length
                && byte.TryParse(path.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
                && IsUnreserved((char)value))
            {
                text.Append((char)value);
                i += 2;
            }
            else
                text.Append(path[i]);
        }
        return text.ToString();
    }

    private static bool IsUnreserved(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~';

    // RFC 3986 section 5.2.4 for a path that begins with a slash.
    private static string WithoutDotSegments(string path)
    {
        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = 1; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            switch (segments[i])
            {
                case "..":
                    if (kept.Count > 0)
                        kept.RemoveAt(kept.Count - 1);
                    if (isLast)
                        kept.Add("");
                    break;
                case ".":
                    if (isLast)
                        kept.Add("");
                    break;
                default:
                    kept.Add(segments[i]);
                    break;
            }
        }
        return "/" + string.Join('/', kept);
    }
}
