using Brink.Edge.Cache.Rules;
using Brink.Http;

namespace Brink.Tests.Edge.Cache;

/// <summary>Range and Content-Range, as they are read (RFC 9110 section 14, distribution spec 3.6).</summary>
public sealed class ByteRangesTests
{
    [Theory]
    [InlineData("bytes=0-0", "0-0")]
    [InlineData("bytes=0-99", "0-9")]
    [InlineData("BYTES=3-", "3-9")]
    [InlineData("bytes=-3", "7-9")]
    [InlineData("bytes=-30", "0-9")]
    [InlineData("bytes=9-", "9-9")]
    [InlineData("bytes= 1-2 , ,4-5,", "1-2 4-5")]
    [InlineData("bytes=0-1,1-2", null)]         // they overlap
    [InlineData("bytes=4-5,1-2", null)]         // they descend
    [InlineData("bytes=1-2,20-30", "1-2")]      // one that does not exist counts for nothing
    [InlineData("bytes=0-18446744073709551616", "0-9")]
    [InlineData("bytes=10-", "")]
    [InlineData("bytes=10-20,30-", "")]
    [InlineData("bytes=-0", "")]
    [InlineData("bytes=18446744073709551616-", "")]
    [InlineData("bytes=", null)]
    [InlineData("bytes=-", null)]
    [InlineData("bytes=2-1", null)]
    [InlineData("bytes=a-b", null)]
    [InlineData("bytes=+1-2", null)]
    [InlineData("bytes=1 -2", null)]
    [InlineData("bytes 1-2", null)]
    [InlineData("lines=1-2", null)]
    [InlineData("bytes=1-2-3", null)]
    [InlineData("bytes=1-2,x", null)]
    public void Field_OfTenBytes(string field, string? parts)
    {
        var found = ByteRanges.Of(Request(field), 10);

        Assert.Equal(parts, found is null ? null : string.Join(' ', found.Select(part => $"{part.From}-{part.To - 1}")));
    }

    [Fact]
    public void TwoFields_AreIgnored()
    {
        var request = Request("bytes=0-1");
        request.Headers.Add("Range", "bytes=2-3");

        Assert.Null(ByteRanges.Of(request, 10));
        Assert.Null(ByteRanges.One(request));
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public void AnotherMethod_HasNoParts(string method)
    {
        var request = Request("bytes=0-1");
        request.Method = method;

        Assert.Null(ByteRanges.Of(request, 10));
    }

    [Fact]
    public void ManyParts_AreTheWhole()
    {
        var parts = Enumerable.Range(0, ByteRanges.MostParts + 1).Select(i => $"{2 * i}-{2 * i}");

        Assert.Null(ByteRanges.Of(Request($"bytes={string.Join(',', parts)}"), 1000));
        Assert.Equal(ByteRanges.MostParts, ByteRanges.Of(Request($"bytes={string.Join(',', parts.Skip(1))}"), 1000)!.Length);
    }

    [Theory]
    [InlineData("bytes=5-9", 5L, 10L)]
    [InlineData("bytes=5-", 5L, long.MaxValue)]
    [InlineData("bytes=-5", null, null)]
    [InlineData("bytes=1-2,4-5", null, null)]
    [InlineData("bytes=2-1", null, null)]
    public void OnePart_ByItsFirstByte(string field, long? from, long? to)
    {
        var part = ByteRanges.One(Request(field));

        Assert.Equal((from, to), (part?.From, part?.To));
    }

    [Theory]
    [InlineData("bytes 0-9/10", 0L, 10L, 10L)]
    [InlineData("Bytes 5-9/100", 5L, 10L, 100L)]
    [InlineData("bytes 0-9/*", null, null, null)]
    [InlineData("bytes */10", null, null, null)]
    [InlineData("bytes 9-0/10", null, null, null)]
    [InlineData("bytes 0-10/10", null, null, null)]
    [InlineData("bytes 0-9", null, null, null)]
    [InlineData("bytes -9/10", null, null, null)]
    [InlineData("items 0-9/10", null, null, null)]
    [InlineData("bytes 0-9/99999999999999999999", null, null, null)]
    public void ContentRange_OfAnAnswer(string field, long? from, long? to, long? total)
    {
        var response = new EdgeResponse { StatusCode = 206, Body = new UnknownBody() };
        response.Headers.Add("Content-Range", field);

        var range = ContentRange.Of(response);

        Assert.Equal((from, to, total), (range?.Range.From, range?.Range.To, range?.Total));
    }

    [Fact]
    public void ContentRange_ThatTheBodyContradicts_IsNone()
    {
        var response = new EdgeResponse { StatusCode = 206, Body = new BytesBody("four"u8.ToArray()) };
        response.Headers.Add("Content-Range", "bytes 0-9/10");

        Assert.Null(ContentRange.Of(response));
    }

    private static EdgeRequest Request(string range)
    {
        var request = new EdgeRequest { Method = "GET" };
        request.Headers.Add("Range", range);
        return request;
    }

    private sealed class UnknownBody : MessageBody
    {
        public override long? Length => null;
    }
}
