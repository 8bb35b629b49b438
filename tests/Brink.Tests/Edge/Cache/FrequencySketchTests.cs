using Brink.Edge.Cache.Storage;

namespace Brink.Tests.Edge.Cache;

public sealed class FrequencySketchTests
{
    [Fact]
    public void Counts_AreNeverTooLow_AndEndAt15()
    {
        var sketch = new FrequencySketch();
        for (var key = 1; key <= 20; key++)
            sketch.Note(key, key);

        Assert.All(Enumerable.Range(1, 20), key => Assert.InRange(sketch.Of(key), Math.Min(15, key), 15));
    }

    [Fact]
    public void Growth_KeepsWhatIsKnown()
    {
        var sketch = new FrequencySketch();
        for (var key = 0; key < 500; key++)
            sketch.Note(key * 7919, 3);

        sketch.Cover(100_000);

        Assert.All(Enumerable.Range(0, 500), key => Assert.InRange(sketch.Of(key * 7919), 3, 15));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(key => sketch.Of(key * 7919 + 1) > 0), 0, 500);
    }

    [Fact]
    public void WhatWasPopular_IsForgotten()
    {
        var sketch = new FrequencySketch();
        sketch.Note(1, 15);

        for (var key = 2; key < 60_000; key++)
            sketch.Note(key * 7919);

        Assert.InRange(sketch.Of(1), 0, 8);
    }
}
