using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Http;

namespace Brink.Edge.Cache.Rules;

/// <summary>
/// The tags of an object. That they are separated by commas is not verified: the model names the
/// field and no grammar (distribution spec 3.14).
/// </summary>
internal static class CacheTags
{
    /// <summary>The tags that the origin gave; empty for none.</summary>
    public static ImmutableArray<string> Of(Distribution distribution, HeaderList headers)
    {
        if (distribution.CacheTagHeader is not { } name || !headers.Contains(name))
            return [];
        var tags = ImmutableArray.CreateBuilder<string>();
        for (var i = headers.IndexOf(name); i >= 0; i = headers.IndexOf(name, i + 1))
            tags.AddRange(headers[i].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return tags.ToImmutable();
    }
}
