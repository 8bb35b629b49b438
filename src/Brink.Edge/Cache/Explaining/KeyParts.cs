using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache.Explaining;

/// <summary>A cache key in words: read from the key itself, so that it is what the caches look for.</summary>
/// <param name="request">The request as viewer-request left it; DefaultRootObject may be applied to it later.</param>
/// <param name="sent">The same as the viewer sent it.</param>
/// <param name="function">The function on viewer-request; null for none.</param>
internal sealed class KeyParts(RegionalRequest request, EdgeRequest sent, string? function)
{
    private readonly CachePolicy _policy = request.Behavior.Behavior.CachePolicy;
    private readonly string _left = request.Request.Uri;

    /// <summary>The parts, in the key's order.</summary>
    public ImmutableArray<KeyPart> Of(ReadOnlySpan<char> key)
    {
        var parts = ImmutableArray.CreateBuilder<KeyPart>();
        var reader = new CacheKey.PartReader(key);
        string? header = null;
        var isVariant = false;
        while (reader.Read())
        {
            var text = reader.Text.ToString();
            if (reader.Tag == 'H')
                header = text;
            else if (reader.Tag == CacheKey.VariantTag)
                isVariant = true;
            else
                parts.Add(isVariant ? new KeyPart($"header {header}", text, "the origin's Vary names it") : Of(reader.Tag, text, header));
        }
        return parts.ToImmutable();
    }

    /// <summary>What of the request is not in the key.</summary>
    public IEnumerable<string> LeftOut()
    {
        var behavior = request.Behavior.Behavior;
        if (request.Request.QueryString is { Length: > 0 } query && _policy.QueryStrings.Selection != ItemSelection.All)
        {
            var names = new List<string>();
            foreach (var parameter in new QueryParameters(query))
            {
                var name = parameter.IndexOf('=') is >= 0 and var equals ? parameter[..equals] : parameter;
                if (!_policy.QueryStrings.Includes(name, StringComparison.Ordinal))
                    names.Add(name.ToString());
            }
            if (names.Count > 0)
                yield return $"query parameters {string.Join(", ", names)}: {Setting("QueryStringsConfig", _policy.QueryStrings)}";
        }
        if (request.Request.Headers.Contains("cookie") && _policy.Cookies.Selection != ItemSelection.All)
            yield return $"cookies, unless they are listed above: {Setting("CookiesConfig", _policy.Cookies)}";
        if (request.Request.Headers.Contains("accept-encoding")
            && AcceptEncodingOffers.Read(_policy, request.Request) == AcceptEncodingOffer.NotNormalised
            && !_policy.Headers.Includes("accept-encoding", StringComparison.OrdinalIgnoreCase))
            yield return $"Accept-Encoding: {_policy.Name} enables no coding";
        if (behavior.OriginRequestPolicy is { } forwarded)
            yield return $"what {forwarded.Name} sends to the origin beside the key";
    }

    private KeyPart Of(char tag, string text, string? header) => tag switch
    {
        'D' => new KeyPart("distribution", text, "chosen by Host"),
        'P' => new KeyPart("path", text, PathFrom(text)),
        '=' => new KeyPart($"header {header}", text, HeaderFrom(header!, text)),
        'E' => new KeyPart(
            "accept-encoding", text, $"normalised from '{request.Request.Headers.Get("accept-encoding")}' by {_policy.Name}"),
        'C' => new KeyPart("cookie", text, Setting("CookiesConfig", _policy.Cookies) + ChangedIf(!Same("cookie"))),
        'Q' => new KeyPart(
            "query", text,
            Setting("QueryStringsConfig", _policy.QueryStrings) + ChangedIf(request.Request.QueryString != request.OriginalQueryString)),
        _ => new KeyPart("method", text, "its answers are apart from those to GET"),
    };

    private string PathFrom(string path)
    {
        var rewritten = _left == request.OriginalUri ? null : $"rewritten from {request.OriginalUri} by {function}";
        return path == _left
            ? rewritten ?? "as the viewer sent it"
            : $"DefaultRootObject in place of {_left}{(rewritten is null ? "" : $", {rewritten}")}";
    }

    private string HeaderFrom(string name, string value)
    {
        var setting = Setting("HeadersConfig", _policy.Headers);
        return sent.Headers.Get(name) == value ? setting
            : name.StartsWith("cloudfront-", StringComparison.Ordinal) ? $"{setting}, the edge adds it"
            : setting + ChangedIf(true);
    }

    private bool Same(string header) => request.Request.Headers.Get(header) == sent.Headers.Get(header);

    private string ChangedIf(bool isChanged) => isChanged && function is not null ? $", changed by {function}" : "";

    private string Setting(string name, ItemSet items) => items.Selection switch
    {
        ItemSelection.Whitelist => $"{name} of {_policy.Name} lists {string.Join(", ", items.Names)}",
        ItemSelection.AllExcept => $"{name} of {_policy.Name} is all but {string.Join(", ", items.Names)}",
        var other => $"{name} of {_policy.Name} is {(other == ItemSelection.All ? "all" : "none")}",
    };
}
