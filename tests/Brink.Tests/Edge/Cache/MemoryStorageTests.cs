using Brink.Edge.Cache;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Http;

namespace Brink.Tests.Edge.Cache;

public sealed class MemoryStorageTests
{
    private static readonly SlabPool Slabs = new(16);

    [Fact]
    public void Bytes_NeverExceedTheBudget_AndAreExact()
    {
        const long budget = 1 << 20;
        var tier = new MemoryStorage(budget);
        var random = new Random(3);
        for (var i = 0; i < 5000; i++)
        {
            var key = "k" + random.Next(500);
            if (random.Next(3) == 0)
                tier.Find(key)?.NoteUse();
            else
                tier.Put(Item(key, random.Next(100_000)));
            Assert.InRange(tier.Bytes, 0, budget);
            if (i % 500 == 0)
                Assert.Equal(Sum(tier), tier.Bytes);
        }
        Assert.Equal(Sum(tier), tier.Bytes);

        static long Sum(MemoryStorage tier) => Enumerable.Range(0, 500).Sum(k => tier.Find("k" + k)?.Size ?? 0);
    }

    [Fact]
    public void Scan_DoesNotWashOutWhatIsInUse()
    {
        var tier = new MemoryStorage(1 << 20);
        for (var i = 0; i < 100; i++)
        {
            tier.Put(Item("hot" + i, 5000));
            tier.Find("hot" + i)!.NoteUse();
            tier.Find("hot" + i)!.NoteUse();
        }
        for (var i = 0; i < 10_000; i++)
            tier.Put(Item("scan" + i, 5000));
        Assert.InRange(Enumerable.Range(0, 100).Count(i => tier.Find("hot" + i) is not null), 95, 100);
    }

    [Fact]
    public void FloodOfNewKeys_DoesNotWashOutWhatIsInUse()
    {
        var tier = new MemoryStorage(1 << 20);
        for (var round = 0; round < 50; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                if (tier.Find("hot" + i) is { } found)
                    found.NoteUse();
                else
                    tier.Put(Item("hot" + i, 5000));
            }
            for (var i = 0; i < 1000; i++)
                tier.Put(Item($"flood{round}.{i}", 5000));
        }
        Assert.InRange(Enumerable.Range(0, 100).Count(i => tier.Find("hot" + i) is not null), 95, 100);
    }

    [Fact]
    public void Loop_ThatDoesNotFitIn_HasHits()
    {
        var tier = new MemoryStorage(1 << 20);
        var hits = 0;
        for (var i = 0; i < 20_000; i++)
        {
            if (tier.Find("loop" + i % 400) is { } found)
            {
                found.NoteUse();
                hits++;
            }
            else
            {
                tier.Put(Item("loop" + i % 400, 5000));
            }
        }
        Assert.InRange(hits, 20_000 / 3, 20_000 / 2); // half of it fits in
    }

    [Fact]
    public void KeyThatComesBackSoon_GoesToTheMainQueue()
    {
        var tier = new MemoryStorage(1 << 20);
        tier.Put(Item("back", 5000));
        for (var i = 0; tier.Find("back") is not null; i++)
            tier.Put(Item("filler" + i, 5000));
        tier.Put(Item("back", 5000));
        for (var i = 0; i < 400; i++)
            tier.Put(Item("scan" + i, 5000));
        Assert.NotNull(tier.Find("back"));
        Assert.Null(tier.Find("scan0"));
    }

    [Fact]
    public void ItemLargerThanTheBudget_IsNotKept()
    {
        var tier = new MemoryStorage(10_000);
        tier.Put(Item("small", 100));
        tier.Put(Item("big", 20_000));
        Assert.Null(tier.Find("big"));
        Assert.NotNull(tier.Find("small"));
    }

    [Fact]
    public void EvictedBody_StaysWhileItIsRead()
    {
        var tier = new MemoryStorage(200_000);
        var body = BodySlices.Copy(Enumerable.Repeat((byte)7, 100_000).ToArray(), Slabs);
        tier.Put(new CachedObject(Head("read"), body));
        Assert.True(body.TryAddReference());
        for (var i = 0; tier.Find("read") is not null; i++)
            tier.Put(Item("other" + i, 60_000));
        // Slabs that were given back would be handed out and overwritten here.
        for (var i = 0; i < 32; i++)
            Slabs.Rent().Memory.Span.Fill(9);
        Assert.True(body.TryAddReference());
        Assert.False(body.Piece(0, body.Length).Span.ContainsAnyExcept((byte)7));
        body.Release();
        body.Release();
        Assert.False(body.TryAddReference());
    }

    private static CachedObject Item(string key, int size) => new(Head(key), BodySlices.Copy(new byte[size], Slabs));

    private static ObjectHead Head(string key) => ObjectHead.From(
        key,
        new ObjectName("E1", "/", "/", []),
        revision: 0,
        new EdgeResponse(),
        originStatus: 200,
        new Freshness(TimeSpan.FromDays(1), null, null, TimeSpan.FromDays(1), false),
        storedAt: 0,
        initialAge: TimeSpan.Zero,
        sendsCookies: false,
        edgeCoding: null);
}
