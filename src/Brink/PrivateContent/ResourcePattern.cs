using Brink.Configuration;

namespace Brink.PrivateContent;

/// <summary>
/// The Resource of a policy: the URLs that it is for (distribution spec 2.12). <c>*</c> stands for any characters and <c>?</c> for one,
/// each within its section: scheme, host, path, query. A <c>*</c> at the end of the host covers path and query too, one at the end of the
/// path the query. <c>\?</c> is the query mark; where there is none, the first <c>?</c> may be the mark as well as any character, since
/// signers write a plain URL with its query that way.
/// </summary>
public sealed class ResourcePattern
{
    private const string QueryMark = @"\?";

    private readonly string? _scheme;
    private readonly string _host;
    private readonly string _rest;

    /// <summary>A pattern from its text.</summary>
    public ResourcePattern(string text)
    {
        Text = text;
        // The scheme ends before the first slash: a URL in the query has its own.
        var slash = text.IndexOf('/');
        if (slash > 0 && text[slash - 1] == ':' && text.AsSpan(slash).StartsWith("//"))
            (_scheme, text) = (text[..(slash - 1)], text[(slash + 2)..]);
        var path = text.IndexOf('/');
        (_host, _rest) = path < 0 ? (text, "") : (text[..path], text[path..]);
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Whether a URL is one of them.</summary>
    /// <param name="scheme">http or https.</param>
    /// <param name="host">The Host as the viewer sent it.</param>
    /// <param name="path">The path, not decoded.</param>
    /// <param name="query">The query without the signature; null for none.</param>
    public bool Matches(ReadOnlySpan<char> scheme, ReadOnlySpan<char> host, ReadOnlySpan<char> path, string? query)
    {
        if (_scheme is not null && !Fits(_scheme, scheme, ignoreCase: true) || !Fits(_host, host, ignoreCase: true))
            return false;
        if (_rest.Length == 0)
            return _host.EndsWith('*');

        var mark = _rest.IndexOf(QueryMark, StringComparison.Ordinal);
        if (mark >= 0)
            return Fits(_rest.AsSpan(0, mark), path) && query is not null && Fits(_rest.AsSpan(mark + QueryMark.Length), query);
        if (Fits(_rest, path) && (query is null || _rest.EndsWith('*')))
            return true;
        mark = _rest.IndexOf('?');
        return mark >= 0 && query is not null && Fits(_rest.AsSpan(0, mark), path) && Fits(_rest.AsSpan(mark + 1), query);
    }

    private static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text, bool ignoreCase = false) =>
        Wildcards.Match(pattern, text, ignoreCase);
}
