using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Brink.Policies;

/// <summary>
/// An origin, or a group of origins, whose pages may read a response (distribution spec 2.7): <c>*</c>, <c>https://example.org</c>,
/// <c>https://*.example.org</c>, or a domain without its scheme, which then is any.
/// </summary>
public readonly record struct AllowedOrigin
{
    private const string AfterScheme = "://";

    private static readonly SearchValues<char> InHost =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]");

    private static readonly SearchValues<char> InScheme =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");

    // An empty scheme is any; a host that begins with a dot is the end of the hosts that it stands for. Null is every origin.
    private readonly string? _scheme;
    private readonly string? _host;

    private AllowedOrigin(string scheme, string host) => (_scheme, _host) = (scheme, host);

    /// <summary>Every origin.</summary>
    public static AllowedOrigin Any => default;

    /// <summary>Reads an entry of AccessControlAllowOrigins.</summary>
    /// <param name="text">The entry.</param>
    /// <param name="origin">What it stands for.</param>
    /// <param name="problem">What is wrong with it; null if nothing is.</param>
    public static bool TryParse(string text, out AllowedOrigin origin, [NotNullWhen(false)] out string? problem)
    {
        (origin, problem) = (Any, null);
        if (text == "*")
            return true;
        var at = text.IndexOf(AfterScheme, StringComparison.Ordinal);
        var scheme = at < 0 ? "" : text[..at];
        var host = at < 0 ? text : text[(at + AfterScheme.Length)..];
        var domain = host.StartsWith("*.", StringComparison.Ordinal) ? host[1..] : host;
        if (domain.Contains('*'))
            problem = "has a star that is not the whole left-most part of the domain";
        else if (at == 0 || scheme.AsSpan().ContainsAnyExcept(InScheme))
            problem = "has a scheme that is none";
        else if (domain.TrimStart('.').Length == 0 || domain.AsSpan().ContainsAnyExcept(InHost))
            problem = "is not an origin: a scheme, a domain, perhaps a port, and nothing more";
        origin = new AllowedOrigin(scheme, domain);
        return problem is null;
    }

    /// <summary>
    /// Whether a request's Origin is among them. The star stands for one label or several (AWS does not say), and never for none.
    /// </summary>
    public bool Matches(ReadOnlySpan<char> origin)
    {
        if (_host is null)
            return true;
        var at = origin.IndexOf(AfterScheme);
        if (at <= 0 || (_scheme!.Length > 0 && !origin[..at].Equals(_scheme, StringComparison.OrdinalIgnoreCase)))
            return false;
        var host = origin[(at + AfterScheme.Length)..];
        if (_host[0] != '.')
            return host.Equals(_host, StringComparison.OrdinalIgnoreCase);
        return host.Length > _host.Length && host[0] != '.' && host.EndsWith(_host, StringComparison.OrdinalIgnoreCase)
            && !host[..^_host.Length].ContainsAnyExcept(InHost);
    }
}
