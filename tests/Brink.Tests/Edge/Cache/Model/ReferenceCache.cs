using System.Collections.Immutable;
using System.Globalization;

namespace Brink.Tests.Edge.Cache.Model;

/// <summary>The clock, the invalidations and the slices of all reference caches of one run.</summary>
internal sealed class ReferenceWorld
{
    public long Now { get; set; }

    public ImmutableList<Invalidation> Invalidations { get; set; } = [];

    public ImmutableDictionary<SlicedBody, ImmutableHashSet<long>> Slices { get; set; } =
        ImmutableDictionary<SlicedBody, ImmutableHashSet<long>>.Empty;

    /// <summary>Bodies of which the origin has another version now.</summary>
    public ImmutableHashSet<SlicedBody> Outdated { get; set; } = [];

    /// <summary>What goes on behind an answer.</summary>
    public Queue<Action> Later { get; } = new();
}

/// <summary>A path; one that ends in <c>*</c> means all that begin so.</summary>
internal sealed record Invalidation(string Path)
{
    public bool Means(Entry entry) => Matches(entry.ViewerTarget) || Matches(entry.Target);

    private bool Matches(string target) =>
        Path[^1] == '*' ? target.StartsWith(Path[..^1], StringComparison.Ordinal) : target == Path;
}

/// <summary>An object that is stored.</summary>
internal sealed record Entry(string Key, string ViewerTarget, string Target, Reply Reply, long StoredAt, long InitialAge, Freshness Freshness)
{
    /// <summary>The origin failed, and is left alone until then.</summary>
    public long PauseUntil { get; init; } = long.MinValue;

    public int Status => Reply.Status;

    public long Length => Reply.Slices?.Length ?? Reply.Bytes.Length;
}

/// <summary>How long an object is fresh, and how long after that it may stand in while a refresh runs or the origin fails.</summary>
internal sealed record Freshness(long Lifetime, long StaleWhileRevalidate, long? StaleIfError, bool AlwaysAsks);

/// <summary>
/// A cache that is simple enough to be right: a dictionary, one clock, one request at a time (docs/spec/distribution.md section 3).
/// Two tiers are two of these, the first one's <paramref name="behind"/> being the other's <see cref="Answer"/>.
/// </summary>
internal sealed class ReferenceCache(ReferenceWorld world, Func<Question, Reply> behind)
{
    public ImmutableDictionary<string, Entry> Entries { get; set; } = ImmutableDictionary<string, Entry>.Empty;

    public void Invalidate(Invalidation rule) => Entries = Entries.RemoveRange(Entries.Values.Where(rule.Means).Select(each => each.Key));

    public Reply Answer(Question asked)
    {
        var policy = ReferencePolicy.Of(asked.Path);
        if (asked.Method is not ("GET" or "HEAD") && !(asked.Method == "OPTIONS" && policy.CachesOptions))
            return Passed(behind(asked));
        var seen = world.Invalidations.Count;
        var found = Find(KeyOf(asked, policy), policy);
        if (found is not null && MayAnswer(found, asked, policy, seen))
        {
            var reply = Present(found, asked, "Hit");
            if (FirstByteIsThere(reply, asked))
                return reply;
            Entries = Entries.Remove(found.Key);
            found = null;
        }
        var stale = found is { Status: < 400 } ? found : null;
        if (stale is null && !policy.IsDisabled && asked.Copy is null && Ranges.One(asked) is { } part)
            return AskForPart(asked, part, policy, seen);
        return Ask(asked, stale, policy, seen);
    }

    // 3.1
    public static string KeyOf(Question asked, ReferencePolicy policy) => string.Join(
        '|',
        asked.Path,
        policy.HasQueryInKey ? asked.Query : null,
        policy.HasKindInKey ? asked.Kind : null,
        policy.SendsCookies ? asked.Cookie : null,
        asked.Method == "OPTIONS" ? "OPTIONS" : null);

    // Where caching is off only errors are kept (3.13).
    private Entry? Find(string key, ReferencePolicy policy) =>
        Entries.TryGetValue(key, out var found)
        && (found.Status >= 400 || !policy.IsDisabled)
        && !(found.Reply.Slices is { } slices && world.Outdated.Contains(slices))
            ? found
            : null;

    // 3.4
    private bool MayAnswer(Entry found, Question asked, ReferencePolicy policy, int seen)
    {
        var age = world.Now - found.StoredAt;
        if (age < found.Freshness.Lifetime)
            return true;
        if (found.Status >= 400)
            return false;
        if (world.Now < found.PauseUntil)
            return StandsIn(found, policy);
        if (age >= found.Freshness.Lifetime + found.Freshness.StaleWhileRevalidate || age > policy.Max)
            return false;
        var whole = asked with { Range = null, IfRangeTag = null, IfRangeDate = null, IfNoneMatch = null, IfModifiedSince = null };
        if (whole.Method == "HEAD")
            whole = whole with { Method = "GET" };
        world.Later.Enqueue(() => Ask(whole, found, policy, seen));
        return true;
    }

    private bool StandsIn(Entry stale, ReferencePolicy policy)
    {
        var age = world.Now - stale.StoredAt;
        return stale.Freshness.StaleIfError is not { } span || (age < stale.Freshness.Lifetime + span && age <= policy.Max);
    }

    private Reply Ask(Question asked, Entry? stale, ReferencePolicy policy, int seen)
    {
        var onward = asked with { Copy = stale is null ? null : CopyOf(stale, policy) };
        if (asked.Copy is not null || onward.Copy is not null)
            onward = onward with { IfNoneMatch = null, IfModifiedSince = null };
        return Digest(asked, onward, stale, Dated(behind(onward)), policy, seen, mayBeSliced: Collapses(asked, policy));
    }

    // 3.5: not where cookies are sent, nor after Vary: *.
    private static Validators? CopyOf(Entry stale, ReferencePolicy policy) =>
        stale.Status != 200 || policy.SendsCookies || stale.Freshness.AlwaysAsks || (stale.Reply.ETag ?? (object?)stale.Reply.LastModified) is null
            ? null
            : new Validators(stale.Reply.ETag, stale.Reply.LastModified);

    // 3.7: only then may its viewer leave, and a large body is kept in slices.
    private static bool Collapses(Question asked, ReferencePolicy policy) =>
        !policy.IsDisabled && !policy.SendsCookies && asked.Method != "HEAD" && asked.Range is null;

    private Reply Digest(
        Question asked, Question onward, Entry? stale, Reply reply, ReferencePolicy policy, int seen, bool mayBeSliced)
    {
        if (stale is not null && reply.Status >= 500 && StandsIn(stale, policy))
        {
            var paused = stale with { PauseUntil = world.Now + ErrorTtl(reply.Status) };
            if (Entries.GetValueOrDefault(stale.Key) == stale)
                Entries = Entries.SetItem(stale.Key, paused);
            return Present(paused, asked, "Hit");
        }
        if (stale is not null && reply.Status == 304 && onward.Copy is not null)
            return Refresh(stale, asked, reply, policy, seen);

        var passed = Passed(reply);
        var freshness = asked.Method == "HEAD" || reply.Status is 206 or 304 or 416 ? null : FreshnessOf(reply, policy);
        if (stale is not null && reply.Status is >= 200 and < 400 and not (206 or 304)
            && (asked.Method == "HEAD" ? (reply.ETag, reply.LastModified) != (stale.Reply.ETag, stale.Reply.LastModified) : freshness is null))
            Entries = Entries.Remove(stale.Key); // there is another body now
        if (freshness is null)
            return passed;
        var kept = reply;
        if (mayBeSliced && reply is { Status: 200, Streams: true, HasLength: true, Slices: null, Bytes.Length: > (int)SlicedBody.SliceSize }
            && new Validators(reply.ETag, reply.LastModified).Exact is { } version)
            kept = reply with { Slices = NewSlices(version, reply.Bytes.Length, 0, reply.Bytes.Length) };
        Put(Store(asked, kept, freshness, policy), seen);
        return passed with { Slices = kept.Slices, Streams = false, VariesOnEverything = freshness.AlwaysAsks };
    }

    // 3.5: what a 304 says replaces what is stored.
    private Reply Refresh(Entry stale, Question asked, Reply said, ReferencePolicy policy, int seen)
    {
        var merged = stale.Reply with
        {
            ETag = said.ETag ?? stale.Reply.ETag,
            LastModified = said.LastModified ?? stale.Reply.LastModified,
            CacheControl = said.CacheControl ?? stale.Reply.CacheControl,
            Expires = said.Expires ?? stale.Reply.Expires,
            Date = said.Date,
            Age = said.Age,
            VariesOnEverything = said.VariesOnEverything || stale.Reply.VariesOnEverything,
        };
        merged = Dated(merged);
        var freshness = FreshnessOf(merged, policy);
        var refreshed = Store(asked, merged, freshness ?? new Freshness(0, 0, 0, false), policy) with
        {
            ViewerTarget = stale.ViewerTarget,
            Target = stale.Target,
        };
        if (freshness is not null)
            Put(refreshed, seen);
        else
            Entries = Entries.Remove(stale.Key);
        return Present(refreshed, asked, "RefreshHit");
    }

    // 3.6: whole slices are asked for, and kept where a version holds them together.
    private Reply AskForPart(Question asked, (long From, long To) part, ReferencePolicy policy, int seen)
    {
        var start = SlicedBody.StartOf(part.From);
        var end = part.To == long.MaxValue ? "" : Text(SlicedBody.StartOf(part.To + SlicedBody.SliceSize - 1) - 1);
        var onward = asked with { Range = $"bytes={start}-{end}" };
        var reply = Dated(behind(onward));
        if (reply is not { Status: 206, Parts: [var came] })
            return Digest(asked, onward, null, reply, policy, seen, mayBeSliced: false);
        var total = reply.Slices?.Length ?? reply.Bytes.Length;
        if (part.From >= total) // it exists as little in what came
            return Passed(reply) with { Status = 416, Parts = [] };
        var wanted = (part.From, To: Math.Min(part.To, total));
        var version = new Validators(reply.ETag, reply.LastModified).Exact;
        var passed = Passed(reply) with { Parts = [wanted] };
        if (version is null || FreshnessOf(reply with { Status = 200 }, policy) is not { } freshness)
            return passed;
        var slices = reply.Slices ?? NewSlices(version, total, came.From, came.To);
        Put(Store(asked, reply with { Status = 200, Parts = null, Slices = slices }, freshness, policy), seen);
        return passed with { Slices = slices, VariesOnEverything = freshness.AlwaysAsks };
    }

    private Entry Store(Question asked, Reply reply, Freshness freshness, ReferencePolicy policy)
    {
        var query = policy.HasQueryInKey && asked.Query is not null ? "?" + asked.Query : "";
        var kept = reply with { Age = null, XCache = null };
        return new Entry(KeyOf(asked, policy), asked.ViewerPath + query, asked.Path + query, kept, world.Now, AgeOf(reply), freshness);
    }

    // 3.14: nothing that was asked for before an invalidation is kept after it.
    private void Put(Entry entry, int seen)
    {
        if (!world.Invalidations.Skip(seen).Any(rule => rule.Means(entry)))
            Entries = Entries.SetItem(entry.Key, entry);
    }

    private Reply Present(Entry entry, Question asked, string how)
    {
        var age = (world.Now - entry.StoredAt + entry.InitialAge) / 1000;
        var reply = entry.Reply with
        {
            Age = age == 0 ? null : age,
            XCache = entry.Status >= 400 ? "Error" : how,
            VariesOnEverything = entry.Freshness.AlwaysAsks,
            Streams = false,
            HasLength = true,
        };
        if (entry.Status == 200 && IsUnchanged(entry.Reply, asked))
            return reply with { Status = 304, Bytes = [], Slices = null };
        if (asked.Method == "HEAD")
            return reply with { Bytes = [], Slices = null, LengthOfHead = entry.Length };
        if (entry.Status != 200 || Ranges.Of(asked, entry.Reply, entry.Length) is not { } parts)
            return reply;
        return reply with { Status = parts.Length == 0 ? 416 : 206, Parts = parts };
    }

    private static bool IsUnchanged(Reply kept, Question asked)
    {
        if (asked.Copy is { } copy)
            return copy.ETag is null ? copy.LastModified is not null && copy.LastModified == kept.LastModified : SameTag(copy.ETag, kept.ETag);
        if (asked.Method is not ("GET" or "HEAD"))
            return false;
        if (asked.IfNoneMatch is { } tag)
            return tag == "*" || SameTag(tag, kept.ETag);
        return asked.IfModifiedSince is { } since && kept.LastModified <= since;
    }

    private static bool SameTag(string left, string? right) => right is not null && Opaque(left) == Opaque(right);

    private static string Opaque(string tag) => tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag;

    // 1.2
    private static Reply Passed(Reply reply) => reply with
    {
        XCache = reply.XCache ?? (reply.Status >= 400 ? "Error" : "Miss"),
    };

    // 3.3, 3.4, 3.13; null: not kept.
    private Freshness? FreshnessOf(Reply reply, ReferencePolicy policy)
    {
        var said = Directives.Of(reply.CacheControl);
        var given = (said.SharedMaxAge ?? said.MaxAge) is { } seconds
            ? seconds * 1000 - AgeOf(reply)
            : reply.Expires is { } expires ? expires - (reply.Date ?? world.Now) - AgeOf(reply) : (long?)null;
        if (reply.Status >= 400)
        {
            var isKept = reply.Status is 404 or 414 or (>= 500 and <= 504)
                || (reply.Status is 400 or 403 or 405 or 412 or 415 && (said.MaxAge ?? said.SharedMaxAge) is not null);
            var kept = Math.Max(ErrorTtl(reply.Status), said.ForbidsStoring ? 0 : Math.Min(Math.Max(0, given ?? 0), policy.Max));
            return isKept && kept > 0 ? new Freshness(kept, 0, 0, false) : null;
        }
        if (policy.IsDisabled || (said.ForbidsStoring && policy.Min == 0))
            return null;
        var lifetime = said.ForbidsStoring ? policy.Min
            : given is { } stated ? Math.Clamp(stated, policy.Min, policy.Max)
            : Math.Max(policy.Min, policy.Default);
        // The windows begin when it expires, which may have been on the way.
        var expiredFor = lifetime == 0 && given < 0 ? -given.Value : 0;
        long? ifError = said.MustRevalidate ? 0
            : said.StaleIfError is { } span ? Math.Max(0, span * 1000 - expiredFor)
            : said.ProxyRevalidate || said.SharedMaxAge is not null ? 0 : null;
        var asks = reply.VariesOnEverything && policy.Min == 0;
        return new Freshness(asks ? 0 : lifetime, said.MustRevalidate ? 0 : Math.Max(0, said.StaleWhileRevalidate * 1000 - expiredFor), ifError, asks);
    }

    // RFC 9111 4.2.3; a Date one second behind says nothing.
    private long AgeOf(Reply reply)
    {
        var byAge = (reply.Age ?? 0) * 1000;
        var byDate = reply.Date is { } date ? world.Now / 1000 * 1000 - date / 1000 * 1000 : 0;
        return byDate > 1000 ? Math.Max(byAge, byDate) : byAge;
    }

    // RFC 9110 6.6.1: when it came, to the second.
    private Reply Dated(Reply reply) =>
        reply is { Expires: not null, Date: null } ? reply with { Date = world.Now / 1000 * 1000 } : reply;

    private static long ErrorTtl(int status) => ReferencePolicy.ErrorTtls.GetValueOrDefault(status, 10_000);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // ---- slices

    private SlicedBody NewSlices(Validators version, long length, long from, long to)
    {
        var body = new SlicedBody(version, length, this);
        world.Slices = world.Slices.SetItem(body, []);
        Keep(body, from, to);
        return body;
    }

    private void Keep(SlicedBody body, long from, long to)
    {
        for (var start = from; start < to; start += SlicedBody.SliceSize)
            world.Slices = world.Slices.SetItem(body, world.Slices[body].Add(start));
    }

    private bool FirstByteIsThere(Reply reply, Question asked) =>
        reply.Slices is not { } body || body.Length == 0 || reply.Parts is { Length: 0 }
        || body.Owner.Bring(body, asked, reply.Parts is [var first, ..] ? first : (0, body.Length));

    /// <summary>Whether the first byte of the part is there, or comes when it is asked for.</summary>
    private bool Bring(SlicedBody body, Question asked, (long From, long To) part)
    {
        var start = SlicedBody.StartOf(part.From);
        if (world.Slices[body].Contains(start))
            return true;
        var end = start + SlicedBody.SliceSize;
        while (end < part.To && !world.Slices[body].Contains(end))
            end += SlicedBody.SliceSize;
        end = Math.Min(end, body.Length);
        if (world.Outdated.Contains(body))
            return false;
        var reply = behind(asked with
        {
            Method = "GET",
            Range = $"bytes={start}-{end - 1}",
            IfRangeTag = body.Version.ETag,
            IfRangeDate = body.Version.LastModified,
            IfNoneMatch = null,
            IfModifiedSince = null,
            Copy = null,
        });
        var isThatBody = reply is { Status: 200, HasLength: true } or { Status: 206, Parts: [_] }
            && (reply.Slices?.Length ?? reply.Bytes.Length) == body.Length
            && new Validators(reply.ETag, reply.LastModified).Exact == body.Version;
        if (isThatBody)
            Keep(body, start, end);
        else if (reply.Status < 500)
            world.Outdated = world.Outdated.Add(body);
        return isThatBody;
    }

    /// <summary>Reads an answer to its end, as its viewer does.</summary>
    public Delivered Read(Reply reply, Question asked)
    {
        var length = reply.Slices?.Length ?? reply.Bytes.Length;
        var bytes = new MemoryStream();
        var brokeOff = false;
        var ranges = new List<string>();
        foreach (var (from, to) in reply.Parts ?? [(0, length)])
        {
            if (brokeOff)
                break;
            ranges.Add($"bytes {from}-{to - 1}/{length}");
            for (var at = from; at < to && !brokeOff;)
            {
                var end = reply.Slices is null ? to : Math.Min(to, SlicedBody.StartOf(at) + SlicedBody.SliceSize);
                brokeOff = reply.Slices is { } body && !body.Owner.Bring(body, asked, (at, to));
                if (!brokeOff)
                    bytes.Write(reply.Bytes, (int)at, (int)(end - at));
                at = end;
            }
        }
        return new Delivered(reply.Status, reply.XCache, reply.Age, reply.ETag, reply.CacheControl)
        {
            Body = bytes.ToArray(),
            BrokeOff = brokeOff,
            LengthOfHead = reply.LengthOfHead,
            ContentRange = reply.Parts switch
            {
                null => "",
                [] => $"bytes */{length}",
                _ => string.Join(' ', ranges),
            },
        };
    }
}
