using System.Globalization;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Cache.Explaining;

/// <summary>What a tier has, in the words of an explanation.</summary>
internal static class TierEntries
{
    public const string Edge = "edge";
    public const string Region = "region";
    public const string Shield = "shield";
    public const string Disk = "disk";

    /// <summary>The name of a tier.</summary>
    public static string NameOf(CacheLayer layer) => layer switch
    {
        CacheLayer.OriginShield => Shield,
        CacheLayer.Region => Region,
        _ => Edge,
    };

    /// <summary>The entry of a tier.</summary>
    public static TierEntry Of(string tier, in CacheLook look, RegionalRequest request, HttpCaching caching)
    {
        if (look.Stored is not { } stored)
            return new TierEntry { Tier = tier, State = EntryState.Absent, IsAskedFor = look.IsAskedFor };
        var head = stored.Head;
        return new TierEntry
        {
            Tier = tier,
            State = StateOf(look),
            Where = look.IsOnDisk ? Disk : "memory",
            IsAskedFor = look.IsAskedFor,
            Status = head.StatusCode,
            Age = Seconds(look.Age),
            ExpiresIn = Seconds(look.ExpiresIn),
            Lifetime = Seconds(head.Freshness.Lifetime ?? TimeSpan.Zero),
            Rule = caching.RuleOf(request, head.StatusCode, HeaderList.Share(head.Fields)),
            Length = stored.Length,
            Memory = stored.Size,
            Slices = stored.Slices is { } slices ? SlicesOf(slices) : null,
            ContentEncoding = head.ContentEncoding,
            IsCompressedHere = head.EdgeCoding is null ? null : true,
            ETag = head.ETag,
            LastModified = head.LastModified,
            Tags = head.Name.Tags.IsEmpty ? null : head.Name.Tags,
            Revision = head.Revision,
        };
    }

    /// <summary>Of what use it is.</summary>
    public static EntryState StateOf(in CacheLook look) =>
        look.Stored is null ? EntryState.Absent
        : !look.IsUsable ? EntryState.NotServed
        : look.IsFresh ? EntryState.Fresh
        : EntryState.Stale;

    /// <summary>Whole seconds; what is not reached yet is not rounded up to.</summary>
    public static long Seconds(TimeSpan time) => (long)Math.Floor(time.TotalSeconds);

    private static string SlicesOf(SliceSet slices)
    {
        var there = 0L;
        for (var position = 0L; position < slices.Length; position += SliceSet.SliceSize)
        {
            if (slices.MayHave(position))
                there++;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{there} of {slices.Count}");
    }
}
