using Brink.Edge.Cache.Storage;
using Brink.Edge.Requests;
using Brink.Policies;

namespace Brink.Edge.Cache;

/// <summary>What operators do: they look without asking, so nothing is marked as used, and take out what is not served.</summary>
internal sealed partial class EdgeCache
{
    /// <summary>Whether answers to such a request are kept, and looked for.</summary>
    public static bool Keeps(RegionalRequest request) => IsCacheable(request);

    /// <summary>What there is under a key just now.</summary>
    public async ValueTask<CacheLook> LookAsync(string key, RegionalRequest request)
    {
        var isAskedFor = _fetches.ContainsKey(key);
        var nothing = new CacheLook { Key = key, IsAskedFor = isAskedFor };
        if (Storage.Find(key) is { } stored)
        {
            return stored.Head.Variants is null
                ? Of(stored, MayServe(stored, request), _time.GetTimestamp()) with { Key = key, IsAskedFor = isAskedFor }
                : await LookAtVariantAsync(stored, key, request) ?? nothing;
        }
        if (!Storage.MayLoad(key) || await Storage.PeekAsync(key) is not { } onDisk)
            return nothing;
        onDisk.Body.Release(); // its head and its length are what is looked at
        if (onDisk.Head.Variants is not null)
            return await LookAtVariantAsync(onDisk, key, request) ?? nothing;
        return Of(onDisk, MayServe(onDisk, request, isCounted: false), _time.GetTimestamp()) with
        {
            Key = key,
            IsAskedFor = isAskedFor,
            IsOnDisk = true,
        };
    }

    private async ValueTask<CacheLook?> LookAtVariantAsync(CachedObject all, string key, RegionalRequest request) =>
        VariantsOf(all) is { } fields ? await LookAsync(KeyOfVariant(key, fields, request), request) : null;

    /// <summary>The fresh object that answers a request under whose own key there is nothing (spec 3.1); null for none.</summary>
    public async ValueTask<CachedObject?> LookInAnotherCodingAsync(RegionalRequest request)
    {
        var policy = request.Behavior.Behavior.CachePolicy;
        var offer = AcceptEncodingOffers.Read(policy, request.Request);
        for (var i = 0; i < offer.OffersInCommon().Length; i++)
        {
            var key = CacheKey.For(policy, request.Distribution.Distribution.Id, request.Request, offer.OffersInCommon()[i]);
            var text = new string(key.Text);
            key.Release();
            var look = await LookAsync(text, request);
            if (look is { Answers: true, Stored: { Slices: null, Head.ContentEncoding: { } coding } found } && offer.Includes(coding))
                return found;
        }
        return null;
    }

    /// <summary>The same of an object that is there.</summary>
    public CacheLook Look(CachedObject stored) => Of(stored, !_invalidations.Cover(stored), _time.GetTimestamp());

    /// <summary>Takes an object out of memory where an invalidation means it: it is not served, and only takes room.</summary>
    /// <remarks>Slices stay until they are evicted: a request that is under way may still read them.</remarks>
    public void DropIfInvalidated(CachedObject stored)
    {
        if (!stored.IsSlice && _invalidations.Cover(stored))
            _memory.Remove(stored); // what is on disk is looked at when it is read
    }

    private CacheLook Of(CachedObject stored, bool isUsable, long now) => new()
    {
        Stored = stored,
        IsUsable = isUsable,
        IsFresh = IsFresh(stored, now),
        Age = stored.Head.InitialAge + _time.GetElapsedTime(stored.Head.StoredAt, now),
        ExpiresIn = (stored.Head.Freshness.Lifetime ?? TimeSpan.Zero) - _time.GetElapsedTime(stored.Head.StoredAt, now),
        IsServedWhileRefreshed = IsWithin(stored, stored.Head.Freshness.StaleWhileRevalidate ?? TimeSpan.Zero, now),
        IsOriginLeftAlone = now < stored.LeaveOriginAloneUntil && StandsIn(stored, now),
    };
}

/// <summary>What there is under a key.</summary>
internal readonly record struct CacheLook
{
    /// <summary>The key that it looked at: below the one given, where the objects of that vary. Null where nothing was looked at.</summary>
    public string? Key { get; init; }

    /// <summary>The object; null for none.</summary>
    public CachedObject? Stored { get; init; }

    /// <summary>Whether it may be served at all: no invalidation means it, and the policy still keeps such answers.</summary>
    public bool IsUsable { get; init; }

    /// <summary>Whether it is fresh.</summary>
    public bool IsFresh { get; init; }

    /// <summary>How old it is.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>When it is stale; negative since it is.</summary>
    public TimeSpan ExpiresIn { get; init; }

    /// <summary>Whether stale-while-revalidate has it served just now.</summary>
    public bool IsServedWhileRefreshed { get; init; }

    /// <summary>Whether it stands in for an origin that failed a moment ago.</summary>
    public bool IsOriginLeftAlone { get; init; }

    /// <summary>Whether it is on disk alone, and read when it is asked for.</summary>
    public bool IsOnDisk { get; init; }

    /// <summary>Whether a request is under way that others may join.</summary>
    public bool IsAskedFor { get; init; }

    /// <summary>Whether a request is answered from it without a word to what lies behind.</summary>
    public bool Answers => IsUsable && IsFresh;
}
