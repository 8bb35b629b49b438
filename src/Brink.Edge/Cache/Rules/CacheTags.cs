using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Http;
using Brink.Invalidation;

namespace Brink.Edge.Cache.Rules;

/// <summary>The tags of an object, from the field that CacheTagConfig names (distribution spec 3.14).</summary>
internal static class CacheTags
{
    /// <summary>The tags that the origin gave, 50 at most and each once; empty for none. What is no tag is left out.</summary>
    public static ImmutableArray<string> Of(Distribution distribution, HeaderList headers)
    {
        if (distribution.CacheTagHeader is not { } name || !headers.Contains(name))
            return [];
        var tags = ImmutableArray.CreateBuilder<string>();
        for (var i = headers.IndexOf(name); i >= 0; i = headers.IndexOf(name, i + 1))
        {
            var value = headers[i].Value.AsSpan();
            foreach (var range in value.Split(CacheTag.Separator))
            {
                var tag = value[range].Trim(" \t");
                if (CacheTag.IsValid(tag) && tags.Count < Limits.CacheTags && !Contains(tags, tag))
                    tags.Add(tag.ToString());
            }
        }
        return tags.ToImmutable();
    }

    private static bool Contains(ImmutableArray<string>.Builder tags, ReadOnlySpan<char> tag)
    {
        foreach (var each in tags)
        {
            if (tag.Equals(each, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }
}
