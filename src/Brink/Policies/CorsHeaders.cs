using System.Collections.Immutable;
using System.Text;
using Brink.Http;

namespace Brink.Policies;

/// <summary>
/// The CORS block of a response headers policy (distribution spec 2.7). It acts on requests with an Origin that it allows: all of these get
/// the same fields but for Allow-Origin, and preflights get more. Made once, when the policy is read.
/// </summary>
public sealed class CorsHeaders
{
    private const string Separator = ", ";

    private readonly ImmutableArray<AllowedOrigin> _origins;
    private readonly ImmutableArray<string> _headerNames;
    private readonly ImmutableArray<string> _headerPatterns;

    /// <summary>Makes the fields of a block.</summary>
    /// <param name="origins">What may stand in Allow-Origin, one at least.</param>
    /// <param name="methods">Allow-Methods; empty for none.</param>
    /// <param name="headers">Allow-Headers: names, <c>*</c>, or names with a star in them; empty for none.</param>
    /// <param name="exposed">Expose-Headers; empty for none.</param>
    public CorsHeaders(
        ImmutableArray<AllowedOrigin> origins,
        ImmutableArray<string> methods,
        ImmutableArray<string> headers,
        ImmutableArray<string> exposed)
    {
        _origins = origins;
        AllowsAnyOrigin = origins.Contains(AllowedOrigin.Any);
        // The star alone is a name here: viewers know what it means.
        _headerNames = [.. headers.Where(name => name == "*" || !name.Contains('*'))];
        _headerPatterns = [.. headers.Except(_headerNames)];
        AllowMethods = Join(methods);
        AllowHeaders = Join(_headerNames);
        ExposeHeaders = Join(exposed);
    }

    /// <summary>The fields of a response that belong to CORS.</summary>
    public static ImmutableArray<string> Names { get; } =
    [
        "Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Access-Control-Expose-Headers",
        "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age",
    ];

    /// <summary>Whether every origin may read the responses: Allow-Origin is a star, and does not depend on the request.</summary>
    public bool AllowsAnyOrigin { get; }

    /// <summary>Whether Allow-Credentials is sent. Default false.</summary>
    public bool AllowsCredentials { get; init; }

    /// <summary>Max-Age of preflights, in seconds, as text; null for none.</summary>
    public string? MaxAge { get; init; }

    /// <summary>OriginOverride: whether the fields replace those that the response has. Default false.</summary>
    public bool Override { get; init; }

    /// <summary>Allow-Methods of preflights; null for none.</summary>
    public string? AllowMethods { get; }

    /// <summary>Expose-Headers; null for none.</summary>
    public string? ExposeHeaders { get; }

    /// <summary>Allow-Headers of preflights as far as it does not depend on the request; null for none.</summary>
    public string? AllowHeaders { get; }

    /// <summary>The value of Allow-Origin for a request's Origin; null where that is not allowed.</summary>
    public string? AllowOriginFor(string origin)
    {
        if (AllowsAnyOrigin)
            return "*";
        foreach (ref readonly var allowed in _origins.AsSpan())
        {
            if (allowed.Matches(origin))
                return origin;
        }
        return null;
    }

    /// <summary>The fields that are the same for every request whose Origin is allowed: Allow-Origin only where it is a star.</summary>
    public IEnumerable<HeaderField> FieldsForEveryOrigin()
    {
        if (AllowsAnyOrigin)
            yield return new HeaderField("Access-Control-Allow-Origin", "*");
        if (AllowsCredentials)
            yield return new HeaderField("Access-Control-Allow-Credentials", "true");
        if (ExposeHeaders is { } exposed)
            yield return new HeaderField("Access-Control-Expose-Headers", exposed);
    }

    /// <summary>
    /// Allow-Headers of a preflight. A name with a star in it stands for each name of that form that the request asks for (distribution
    /// spec 2.7: AWS does not say what it sends there).
    /// </summary>
    /// <param name="requested">The request's Access-Control-Request-Headers, or null.</param>
    public string? AllowHeadersFor(string? requested)
    {
        if (_headerPatterns.IsEmpty || requested is null)
            return AllowHeaders;
        var allowed = new StringBuilder(AllowHeaders);
        foreach (var range in requested.AsSpan().Split(','))
        {
            var name = requested.AsSpan()[range].Trim();
            if (!IsOfAPattern(name) || IsListed(name))
                continue;
            if (allowed.Length > 0)
                allowed.Append(Separator);
            allowed.Append(name);
        }
        return allowed.Length > 0 ? allowed.ToString() : null;
    }

    /// <summary>Whether the policy has a field of that name, one of <see cref="Names"/>, for some request.</summary>
    public bool Has(string name) => name switch
    {
        "Access-Control-Allow-Origin" => true,
        "Access-Control-Allow-Credentials" => AllowsCredentials,
        "Access-Control-Expose-Headers" => ExposeHeaders is not null,
        "Access-Control-Allow-Methods" => AllowMethods is not null,
        "Access-Control-Allow-Headers" => AllowHeaders is not null || !_headerPatterns.IsEmpty,
        "Access-Control-Max-Age" => MaxAge is not null,
        _ => throw new ArgumentException($"{name} does not belong to CORS", nameof(name)),
    };

    /// <summary>Whether the request asks what another one may do.</summary>
    public static bool IsPreflight(EdgeRequest request) =>
        request.Method == "OPTIONS" && request.Headers.Contains("Access-Control-Request-Method");

    private bool IsOfAPattern(ReadOnlySpan<char> name)
    {
        foreach (var pattern in _headerPatterns)
        {
            var star = pattern.IndexOf('*', StringComparison.Ordinal);
            if (name.Length >= pattern.Length - 1
                && name.StartsWith(pattern.AsSpan(0, star), StringComparison.OrdinalIgnoreCase)
                && name.EndsWith(pattern.AsSpan(star + 1), StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private bool IsListed(ReadOnlySpan<char> name)
    {
        foreach (var listed in _headerNames)
        {
            if (name.Equals(listed, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static string? Join(ImmutableArray<string> values) => values.IsEmpty ? null : string.Join(Separator, values);
}
