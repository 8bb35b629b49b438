using System.Text;

namespace Brink.Invalidation;

/// <summary>One item of an invalidation (distribution spec 3.14): a path, or a tag, which is written with <c>#</c> before it.</summary>
public sealed record InvalidationItem
{
    private const char Wildcard = '*';
    private const char TagMark = '#';

    private InvalidationItem()
    {
    }

    /// <summary>The path, where it ends in <c>*</c> the beginning of paths; null for a tag.</summary>
    public string? Path { get; private init; }

    /// <summary>The tag; null for a path.</summary>
    public string? Tag { get; private init; }

    /// <summary>Whether it means every path.</summary>
    public bool IsEveryPath => Path is "/*";

    /// <summary>What it means, in words.</summary>
    public string Meaning => this switch
    {
        { Tag: { } tag } => $"objects with the tag {tag}, in any letter case",
        { IsEveryPath: true } => "every object",
        { Path: [.., Wildcard] } => $"every path, with its query, that begins with {Path[..^1]}",
        _ => $"the path {Path}, in every variant by headers and cookies",
    };

    /// <summary>The item of that text; null, with one sentence, if it is none.</summary>
    public static InvalidationItem? Read(string text, out string? mistake)
    {
        if (text.StartsWith(TagMark))
            return ReadTag(text[1..], out mistake);
        mistake = WhyNotPath(text);
        return mistake is null ? new InvalidationItem { Path = text } : null;
    }

    /// <summary>The item of that tag, without <c>#</c>; null, with one sentence, if it is none.</summary>
    public static InvalidationItem? ReadTag(string tag, out string? mistake)
    {
        mistake = CacheTag.IsValid(tag)
            ? null
            : $"the tag '{tag}' is none: a tag is 1 to {Limits.CacheTagLength} visible ASCII characters without commas and blanks";
        return mistake is null ? new InvalidationItem { Tag = tag } : null;
    }

    private static string? WhyNotPath(string path)
    {
        if (path.Length == 0)
            return "a path is empty: every object is /*";
        if (path.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(path, UriKind.Absolute, out var url))
            return $"'{path}' is a URL: write its path, '{url.PathAndQuery}'";
        if (path[0] != '/')
            return $"the path '{path}' has no leading slash: write '/{path}'";
        if (path.Length > Limits.InvalidationPathLength)
            return $"a path has {path.Length} characters, more than {Limits.InvalidationPathLength}: '{path[..40]}...'";
        var star = path.IndexOf(Wildcard, StringComparison.Ordinal);
        if (star >= 0 && star < path.Length - 1)
            return $"the path '{path}' has a * before its end, where it is no wildcard: "
                + $"write '{path[..(star + 1)]}', or each path by itself";
        return path.AsSpan().ContainsAnyExceptInRange('!', '~') || path.Contains(TagMark)
            ? $"the path '{path}' has a character that no request can have: write it percent-encoded, '{Encoded(path)}'"
            : null;
    }

    private static string Encoded(string path)
    {
        var encoded = new StringBuilder();
        foreach (var rune in path.EnumerateRunes())
        {
            if (rune.Value is >= '!' and <= '~' and not TagMark)
                encoded.Append(rune);
            else
                encoded.Append(Uri.EscapeDataString(rune.ToString()));
        }
        return encoded.ToString();
    }
}
