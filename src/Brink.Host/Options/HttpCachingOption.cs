using System.CommandLine;
using Brink.Edge.Configuration;
using Brink.Host.CommandLine;

namespace Brink.Host.Options;

/// <summary><c>--http-caching</c>: whose rules of caching count.</summary>
internal static class HttpCachingOption
{
    private const string Name = "--http-caching";

    private static readonly Dictionary<string, HttpCachingRules> Rules = new(StringComparer.Ordinal)
    {
        ["cloudfront"] = HttpCachingRules.CloudFront,
        ["rfc9111"] = HttpCachingRules.Rfc9111,
    };

    public static Option<string?> Create()
    {
        var option = new Option<string?>(Name)
        {
            Description =
                "Whose rules of caching count: cloudfront (default), or rfc9111, which adds what CloudFront does not do: "
                + "CDN-Cache-Control, variants by Vary, invalidation by POST and the like, heuristic freshness, must-understand.",
            HelpName = "RULES",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && !Rules.ContainsKey(text))
                result.AddError($"{Name} {text}: cloudfront or rfc9111{DidYouMean.After(text, Rules.Keys)}");
        });
        return OptionValues.WithWords(option, () => Rules.Keys);
    }

    /// <summary>The rules of a name that the option accepted; CloudFront's where none was given.</summary>
    public static HttpCachingRules Of(string? text) => text is null ? HttpCachingRules.CloudFront : Rules[text];
}
