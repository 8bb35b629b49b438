using System.Collections.Immutable;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache;

/// <summary>Several objects of one key, of which Vary says which one answers (RFC 9111 section 4.1): an extension.</summary>
internal sealed partial class EdgeCache
{
    private readonly Lock _variantsGate = new();

    // The key that the request's answer is under, as far as is known. Takes over the policy's key.
    private CacheKey Select(CacheKey key, RegionalRequest request) =>
        _caching.KeepsVariants && VariantsUnder(key.Text) is { } fields ? key.OfVariant(fields, request) : key;

    private static string KeyOfVariant(ReadOnlySpan<char> key, VariantFields fields, RegionalRequest request)
    {
        var selected = CacheKey.Of(CacheKey.WithoutVariant(key)).OfVariant(fields, request);
        var text = new string(selected.Text);
        selected.Release();
        return text;
    }

    private VariantFields? VariantsUnder(ReadOnlySpan<char> key) => Storage.Find(key) is { } found ? VariantsOf(found) : null;

    // What the objects of a key vary on, where that is what is under it, and no invalidation means it.
    private VariantFields? VariantsOf(CachedObject found) =>
        found.Head.Variants is { } fields && !_invalidations.Cover(found, isCounted: false) ? fields : null;

    // Whether what is under that key is what this request would select, too.
    private bool Selects(string key, RegionalRequest request) =>
        !_caching.KeepsVariants
        || VariantsUnder(CacheKey.WithoutVariant(key)) is not { } fields
        || KeyOfVariant(key, fields, request) == key;

    /// <summary>The key to store a response under; null where more would have to be told apart than is.</summary>
    /// <param name="key">The key that was looked up.</param>
    /// <param name="revision">How many invalidations there had been when it was asked for.</param>
    /// <param name="asked">The request.</param>
    /// <param name="response">The response.</param>
    private string? KeyToStoreUnder(string key, long revision, RegionalRequest asked, EdgeResponse response)
    {
        if (!_caching.KeepsVariants)
            return key;
        var names = VariantFields.NamesIn(response.Headers, asked.Behavior.Behavior.ForwardedItems);
        if (names.IsEmpty)
            return key;
        var ofAll = CacheKey.WithoutVariant(key);
        if (ListOf(ofAll, names, revision, asked, response) is not { } fields)
            return null;
        var selected = KeyOfVariant(key, fields, asked);
        return selected.Length - ofAll.Length > VariantFields.LongestValues ? null : selected;
    }

    private VariantFields? ListOf(
        ReadOnlySpan<char> key, ImmutableArray<string> names, long revision, RegionalRequest asked, EdgeResponse response)
    {
        if (VariantsUnder(key) is { } there && there.Include(names))
            return there;
        lock (_variantsGate)
        {
            var before = VariantsUnder(key);
            if (before is not null && before.Include(names))
                return before;
            var fields = VariantFields.Of(names, before);
            if (fields.Names.Length > VariantFields.MostNames)
                return null;
            Store(new CachedObject(
                ObjectHead.OfVariants(new string(key), ObjectName.Of(asked, response), revision, fields), BodySlices.Empty));
            return fields;
        }
    }
}
