using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Brink.Functions.SourceMaps;

/// <summary>The comment in a script that says where its map is: <c>//# sourceMappingURL=function.js.map</c>.</summary>
public abstract record SourceMapReference
{
    private const string Mark = "# sourceMappingURL=";

    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n'\"*");

    private SourceMapReference() { }

    /// <summary>A file beside the script.</summary>
    public sealed record Beside(string FileName) : SourceMapReference;

    /// <summary>In the comment itself.</summary>
    public sealed record Inline(ReadOnlyMemory<byte> Json) : SourceMapReference;

    /// <summary>Somewhere that is not looked at, or nonsense.</summary>
    /// <param name="Reason">A sentence.</param>
    public sealed record Unusable(string Reason) : SourceMapReference;

    /// <summary>The last such comment of a script; null if there is none.</summary>
    public static SourceMapReference? Find(ReadOnlySpan<byte> code)
    {
        // The comment is the last line, or nearly. Latin-1 loses nothing that a URL may hold.
        var text = Encoding.Latin1.GetString(code);
        var at = text.LastIndexOf(Mark, StringComparison.Ordinal);
        if (at < 2 || text[at - 1] != '/' && text[at - 1] != '*' || text[at - 2] != '/')
            return null;
        var rest = text.AsSpan(at + Mark.Length);
        var end = rest.IndexOfAny(Ends);
        var url = (end < 0 ? rest : rest[..end]).ToString();
        if (url.Length == 0)
            return null;
        if (url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
            return ReadData(url);
        string name;
        try
        {
            name = Uri.UnescapeDataString(url.StartsWith("./", StringComparison.Ordinal) ? url[2..] : url);
        }
        catch (UriFormatException)
        {
            return new Unusable("its name is not a URL");
        }
        return name.AsSpan().ContainsAny("/\\:\0") || name is "." or ".."
            ? new Unusable("it is not a file beside the function, and other places are not looked at")
            : new Beside(name);
    }

    private static SourceMapReference ReadData(string url)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
            return new Unusable("its data: URL has no data");
        var head = url.AsSpan(0, comma);
        var data = url.AsSpan(comma + 1);
        if (!head.EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
            return new Inline(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(data.ToString())));
        if (!Base64.IsValid(data, out var length))
            return new Unusable("its data: URL is not base64");
        var bytes = new byte[length];
        return Convert.TryFromBase64Chars(data, bytes, out var written)
            ? new Inline(bytes.AsMemory(0, written))
            : new Unusable("its data: URL is not base64");
    }
}
