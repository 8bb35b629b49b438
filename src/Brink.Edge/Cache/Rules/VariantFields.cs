using System.Collections.Immutable;
using System.Security.Cryptography;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache.Rules;

/// <summary>
/// What the objects of one key vary on, by the Vary fields that came with them (RFC 9111 section 4.1). It is stored under the key; each
/// object is stored under the key and its request's values of these fields.
/// </summary>
/// <param name="Names">In small letters, sorted.</param>
/// <param name="Generation">
/// Tells apart lists of one key that followed each other, in whatever process: what was stored by an older one is not found by a newer one.
/// </param>
internal sealed record VariantFields(ImmutableArray<string> Names, long Generation)
{
    /// <summary>More names than this are not told apart, and what has them is not stored.</summary>
    public const int MostNames = 16;

    /// <summary>Nor are values that have more characters than this together.</summary>
    public const int LongestValues = 4096;

    /// <summary>The fields that a response varies on and its origin can have seen; empty for none.</summary>
    public static ImmutableArray<string> NamesIn(HeaderList response, ForwardedItems items)
    {
        if (!response.Contains("vary"))
            return [];
        var names = ImmutableArray.CreateBuilder<string>();
        for (var i = response.IndexOf("vary"); i >= 0; i = response.IndexOf("vary", i + 1))
        {
            foreach (var each in response[i].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                var name = each.ToLowerInvariant();
                if (!names.Contains(name) && (items.SendsHeader(name) || name is "accept-encoding" or "cookie"))
                    names.Add(name);
            }
        }
        return names.ToImmutable();
    }

    /// <summary>A list of these names and those of the one before it.</summary>
    public static VariantFields Of(ImmutableArray<string> names, VariantFields? before) => new(
        [.. names.Union(before?.Names ?? [], StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))));

    /// <summary>Whether all of these are on the list.</summary>
    public bool Include(ImmutableArray<string> names)
    {
        foreach (var name in names)
        {
            if (!Names.Contains(name))
                return false;
        }
        return true;
    }

    /// <summary>
    /// The value by which a request selects, without what does not count: spaces around commas, and in Accept-Language order and letter
    /// case. Null where the request does not have the field.
    /// </summary>
    public static string? ValueIn(RegionalRequest request, string name)
    {
        var items = request.Behavior.Behavior.ForwardedItems;
        if (name == "accept-encoding")
            return items.AcceptEncoding(request.Request);
        if (name == "cookie")
            return items.Cookies(request.Request);
        var headers = request.Request.Headers;
        var first = headers.IndexOf(name);
        if (first < 0)
            return null;
        var value = headers[first].Value;
        for (var i = headers.IndexOf(name, first + 1); i >= 0; i = headers.IndexOf(name, i + 1))
            value = $"{value},{headers[i].Value}";
        if (name == "accept-language")
            return string.Join(',', value.ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal));
        return value.Contains(',') ? string.Join(',', value.Split(',', StringSplitOptions.TrimEntries)) : value;
    }
}
