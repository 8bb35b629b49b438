using Brink.Http;

namespace Brink.Edge.Logs;

/// <summary>
/// Common Media Client Data (CTA-5004) of a request: what a player says of itself, in the query or in four fields. Only what real-time logs
/// ask for is looked up; nothing is checked.
/// </summary>
internal sealed class MediaClientData
{
    private static readonly string[] Fields = ["CMCD-Request", "CMCD-Object", "CMCD-Status", "CMCD-Session"];

    private readonly Dictionary<string, string> _values;

    private MediaClientData(Dictionary<string, string> values) => _values = values;

    /// <summary>The data of a request; null for none.</summary>
    public static MediaClientData? Of(EdgeRequest request)
    {
        Dictionary<string, string>? values = null;
        foreach (var name in Fields)
        {
            if (request.Headers.Get(name) is { } text)
                Read(text, values ??= new(StringComparer.Ordinal));
        }
        foreach (var range in request.QueryString.AsSpan().Split('&'))
        {
            var part = request.QueryString.AsSpan()[range];
            if (part.StartsWith("CMCD=", StringComparison.Ordinal))
                Read(Uri.UnescapeDataString(part["CMCD=".Length..]), values ??= new(StringComparer.Ordinal));
        }
        return values is null ? null : new MediaClientData(values);
    }

    /// <summary>The value of a key; null where it was not sent.</summary>
    public string? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>Keys with values, texts in quotes; a key alone is true.</summary>
    private static void Read(string text, Dictionary<string, string> values)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var end = EndOf(rest);
            var pair = rest[..end].Trim();
            rest = end < rest.Length ? rest[(end + 1)..] : [];
            if (pair.IsEmpty)
                continue;
            var equals = pair.IndexOf('=');
            var key = equals < 0 ? pair : pair[..equals];
            values.TryAdd(key.ToString(), equals < 0 ? "true" : pair[(equals + 1)..].Trim('"').ToString());
        }
    }

    /// <summary>The comma behind a pair; one in a quoted text is part of it.</summary>
    private static int EndOf(ReadOnlySpan<char> text)
    {
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && (i == 0 || text[i - 1] != '\\'))
                isQuoted = !isQuoted;
            else if (text[i] == ',' && !isQuoted)
                return i;
        }
        return text.Length;
    }
}
