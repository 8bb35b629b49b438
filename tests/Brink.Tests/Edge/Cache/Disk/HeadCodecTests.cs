using System.Buffers;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Cache.Storage.Disk;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Tests.Edge.Cache.Disk;

public sealed class HeadCodecTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Head_ComesBackAsItWas()
    {
        // A key holds lengths as characters: any of 65,536.
        var key = "D\uD800\uDFFF\0/päth";
        var name = new ObjectName("E1", "/viewer", "/rewritten?q=\u2603", ["a", "b"]);
        var freshness = new Freshness(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(5), null, TimeSpan.FromDays(365), true);
        HeaderField[] fields =
            [new("Content-Type", "text/html"), new("ETag", "W/\"v\""), new("X-\u2603", "\xFF\x80"), new("Content-Encoding", "br")];
        _time.AdvanceSeconds(1000);
        var head = ObjectHead.Of(
            key, name, 42, 203, "Fine", fields, 200, freshness, _time.GetTimestamp(), TimeSpan.FromSeconds(7), true,
            new EdgeCoding(ContentCoding.Brotli, "\"v\""));
        var version = new Revalidation("\"v\"", null);
        var item = new CachedObject(head, BodySlices.Empty, new SliceSet("abc", 5_000_000_000, version, null!, null!));

        var read = HeadCodec.Read(Write(item), key, 42, new DiskClock(_time), out var slices)!;

        Assert.Equal(
            (key, 203, 200, "Fine", head.StoredAt, head.InitialAge, 42L, freshness, true),
            (read.Key, read.StatusCode, read.OriginStatus, read.StatusDescription, read.StoredAt, read.InitialAge, read.Revision, read.Freshness,
                read.SendsCookies));
        Assert.Equal(fields, read.Fields);
        Assert.Equal((head.ETag, head.LastModified, head.ContentEncoding, head.EdgeCoding), (read.ETag, read.LastModified, read.ContentEncoding, read.EdgeCoding));
        Assert.Equal(("E1", "/viewer", "/rewritten?q=\u2603"), (read.Name.DistributionId, read.Name.ViewerTarget, read.Name.Target));
        Assert.Equal(["a", "b"], read.Name.Tags);
        Assert.Equal(new SliceSetName("abc", 5_000_000_000, version), slices);
        Assert.Null(HeadCodec.Read(Write(item), key + "x", 42, new DiskClock(_time), out _));
    }

    [Fact]
    public void WhatTheObjectsOfAKeyVaryOn_ComesBackAsItWas()
    {
        var fields = VariantFields.Of(["accept-encoding", "foo"], null);
        var head = ObjectHead.OfVariants("key", new ObjectName("E1", "/a", "/b", ["tag"]), 7, fields);

        var read = HeadCodec.Read(Write(new CachedObject(head, BodySlices.Empty)), "key", 7, new DiskClock(_time), out _)!;

        Assert.Equal((fields.Generation, "accept-encoding, foo"), (read.Variants!.Generation, string.Join(", ", read.Variants.Names)));
        Assert.Equal(("E1", "/a", "/b", 7L, 0), (read.Name.DistributionId, read.Name.ViewerTarget, read.Name.Target, read.Revision, read.StatusCode));
        Assert.Equal(["tag"], read.Name.Tags);
    }

    [Fact]
    public void HeadThatIsCutOff_IsRefusedAtEveryByte()
    {
        using var bench = new DiskBench(isOpen: false);
        var bytes = Write(bench.Object("key", "body"u8));
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<InvalidDataException>(() => HeadCodec.Read(bytes.AsSpan(0, length), "key", 0, new DiskClock(_time), out _));
    }

    [Theory]
    [InlineData(100, 100, 300)]                      // an object of 100 s is 100 s old
    [InlineData(-3600, 300, 300)]                    // the clock was set back: it is stale, by its lifetime of 300 s
    [InlineData(-0.5, 0, 300)]
    public void Times_SurviveAnotherProcess(double passed, double age, double lifetime)
    {
        // Another process: its timestamps begin elsewhere and have another frequency.
        var stored = new DiskClock(new OtherProcess(_time.GetUtcNow(), 5_000_000, 1_000_000_000)).UtcTicksAt(5_000_000);
        var now = new OtherProcess(_time.GetUtcNow().AddSeconds(passed), 77, 1_000);

        var at = new DiskClock(now).TimestampAt(stored, TimeSpan.FromSeconds(lifetime));

        Assert.Equal(age, now.GetElapsedTime(at).TotalSeconds, precision: 3);
    }

    private byte[] Write(CachedObject item)
    {
        var writer = new ArrayBufferWriter<byte>();
        HeadCodec.Write(writer, item, new DiskClock(_time));
        return writer.WrittenSpan.ToArray();
    }

    private sealed class OtherProcess(DateTimeOffset now, long timestamp, long frequency) : TimeProvider
    {
        public override long TimestampFrequency => frequency;

        public override long GetTimestamp() => timestamp;

        public override DateTimeOffset GetUtcNow() => now;
    }
}
