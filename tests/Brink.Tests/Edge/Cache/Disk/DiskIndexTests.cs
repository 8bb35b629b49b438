using Brink.Edge.Cache.Storage.Disk;

namespace Brink.Tests.Edge.Cache.Disk;

public sealed class DiskIndexTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomOperations_AgreeWithADictionary(int seed)
    {
        var random = new Random(seed);
        var index = new DiskIndex();
        var model = new Dictionary<ulong, DiskPlace>();
        // Few hashes, of few tables and homes: chains are long and are cut everywhere.
        ulong Hash() => ((ulong)random.Next(3) << 56) | ((ulong)random.Next(40) << 26) | (uint)random.Next(8);
        for (var i = 0; i < 20_000; i++)
        {
            var hash = Hash();
            var place = new DiskPlace(random.Next(4), (uint)random.Next(), 1 + (uint)random.Next(100));
            switch (random.Next(5))
            {
                case 0 or 1:
                    index.Set(hash, place);
                    model[hash] = place;
                    break;
                case 2:
                    Assert.Equal(model.Remove(hash), index.Remove(hash));
                    break;
                case 3 when model.TryGetValue(hash, out var known):
                    Assert.True(index.Move(hash, known, place));
                    Assert.False(index.Move(hash, known with { Offset = known.Offset ^ 1 }, known));
                    model[hash] = place;
                    break;
                default:
                    Assert.Equal(model.TryGetValue(hash, out var expected) ? expected : null, index.Find(hash));
                    break;
            }
        }

        Assert.Equal(model.Count, index.Count);
        foreach (var (hash, place) in model)
            Assert.Equal(place, index.Find(hash));
        for (var segment = 0; segment < 4; segment++)
        {
            Assert.Equal(
                model.Where(each => each.Value.Segment == segment).Select(each => each.Key).Order(),
                index.In(segment).Select(each => each.Hash).Order());
        }
    }

    [Fact]
    public void AnObject_CostsAtMost40Bytes()
    {
        var random = new Random(1);
        var index = new DiskIndex();
        for (var i = 0; i < 200_000; i++)
            index.Set((ulong)random.NextInt64(), new DiskPlace(1, (uint)i, 100));

        Assert.InRange((double)index.Bytes / index.Count, 26, 41);
    }

    [Fact]
    public void MarkOfARead_GoesWithACopy()
    {
        var index = new DiskIndex();
        var (from, to) = (new DiskPlace(1, 2, 3), new DiskPlace(2, 0, 3));
        index.Set(7, from);
        index.MarkRead(7);
        Assert.Equal([(7ul, from, true)], index.In(1));

        index.Move(7, from, to);

        Assert.Equal([(7ul, to, false)], index.In(2));
        Assert.False(index.Remove(7, from));
        Assert.True(index.Remove(7, to));
    }
}
