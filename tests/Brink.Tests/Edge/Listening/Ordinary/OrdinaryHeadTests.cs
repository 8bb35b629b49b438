using System.Text;
using Brink.Edge.Listening.Ordinary;
using Brink.Http;

namespace Brink.Tests.Edge.Listening.Ordinary;

public sealed class OrdinaryHeadTests
{
    private const string Browser =
        "GET /a/b.html?x=1&y= HTTP/1.1\r\nHost: www.example.com:8080\r\nUser-Agent: M/5.0 (X; Y) Z\r\nAccept:*/*\r\nX-eMPTY:\r\nX-Tab:\t a\tb \t\r\n" +
        "Connection: keep-alive\r\nCookie: a=1; b=\u00e9\r\nCookie: c=2\r\n\r\n";

    public static TheoryData<string> Unusual => new()
    {
        "GET /a HTTP/1.0\r\nHost: test\r\n\r\n",
        "GET /a HTTP/1.2\r\nHost: test\r\n\r\n",
        "get /a HTTP/1.1\r\nHost: test\r\n\r\n",
        "GETS /a HTTP/1.1\r\nHost: test\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: test\r\n\r\n",
        "\r\nGET /a HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET  /a HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /a  HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET\t/a HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET http://test/a HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /\u00e9 HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /%00 HTTP/1.1\r\nHost: test\r\n\r\n",
        "GET /a HTTP/1.1\nHost: test\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\n\n",
        "GET /a HTTP/1.1\r\nHost: test\r\r\n\r\n",
        "GET /a HTTP/1.1\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost:\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nhost: test\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: te st\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test/x\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: u@test\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test:\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test:8o\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: :80\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: [::1\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: .\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a..b\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a:65536\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nX : y\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\n: y\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nX\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nX(: y\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nX\u00e9: y\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nX: y\r\n z\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nX: a\0b\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nX: a\u0001b\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nX: a\u007fb\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nX: a\rb\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\ncontent-length: 3\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\ntransfer-encoding: x\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nExpect: 100-continue\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nUpgrade: h2c\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: test\r\nConnection: keep-alive, x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u0016\u0003\u0001\u0000\u0005hello\r\n\r\n",
        "GARBAGE\r\n\r\n",
    };

    [Fact]
    public void OrdinaryHead_IsReadFieldByField()
    {
        var head = new OrdinaryHead();

        Assert.Equal(HeadVerdict.Ordinary, head.Read(Bytes(Browser + "GET /next"), out var length));

        var request = Request(head);
        Assert.Equal(Browser.Length, length);
        Assert.Equal(("GET", "/a/b.html", "x=1&y="), (request.Method, request.Uri, request.QueryString));
        Assert.Equal(
            [("Host", "www.example.com:8080"), ("User-Agent", "M/5.0 (X; Y) Z"), ("Accept", "*/*"), ("X-eMPTY", ""), ("X-Tab", "a\tb"), ("Connection", "keep-alive"), ("Cookie", "a=1; b=\u00e9"), ("Cookie", "c=2")],
            request.Headers.Select(field => (field.Name, field.Value)));
    }

    [Theory]
    [InlineData("GET /a HTTP/1.1", "GET", "/a", null)]
    [InlineData("GET /? HTTP/1.1", "GET", "/", "")]
    [InlineData("HEAD //x/../%zz?%00 HTTP/1.1", "HEAD", "//x/../%zz", "%00")]
    public void RequestLine_IsKeptAsItCame(string line, string method, string uri, string? query)
    {
        var head = new OrdinaryHead();

        Assert.Equal(HeadVerdict.Ordinary, head.Read(Bytes(line + "\r\nHost: a\r\n\r\n"), out _));

        var request = Request(head);
        Assert.Equal((method, uri, query), (request.Method, request.Uri, request.QueryString));
    }

    [Theory]
    [MemberData(nameof(Unusual))]
    public void WhateverElse_IsUnusual_AlsoAfterAnOrdinaryOne(string text)
    {
        var head = new OrdinaryHead();

        Assert.Equal(HeadVerdict.Unusual, head.Read(Bytes(text), out var length));
        Assert.Equal(HeadVerdict.Ordinary, head.Read(Bytes("GET /a HTTP/1.1\r\nHost: test\r\nX: y\r\n\r\n"), out _));
        Assert.Equal(HeadVerdict.Unusual, head.Read(Bytes(text), out length));
    }

    [Fact]
    public void EveryBeginning_IsIncomplete()
    {
        var head = new OrdinaryHead();
        var bytes = Bytes(Browser);

        for (var count = 0; count < bytes.Length; count++)
            Assert.Equal(HeadVerdict.Incomplete, head.Read(bytes.AsSpan(0, count), out _));
        Assert.Equal(HeadVerdict.Ordinary, head.Read(bytes, out _));
    }

    [Theory]
    [InlineData(8_192, true)]
    [InlineData(8_193, false)]
    public void UrlOverTheLimit_IsUnusual(int bytes, bool isOrdinary) =>
        Assert.Equal(isOrdinary ? HeadVerdict.Ordinary : HeadVerdict.Unusual, new OrdinaryHead().Read(Bytes($"GET /{new string('a', bytes - 1)} HTTP/1.1\r\nHost: a\r\n\r\n"), out _));

    [Fact]
    public void HeadOverTheLimit_IsUnusual_WholeOrNot()
    {
        const string start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
        var most = start + new string('x', Limits.HeadBytes - start.Length - 4) + "\r\n\r\n";

        Assert.Equal(HeadVerdict.Ordinary, new OrdinaryHead().Read(Bytes(most), out _));
        Assert.Equal(HeadVerdict.Unusual, new OrdinaryHead().Read(Bytes(most.Insert(40, "x")), out _));
        Assert.Equal(HeadVerdict.Unusual, new OrdinaryHead().Read(Bytes(most.Insert(40, "x")[..^1]), out _));
    }

    /// <summary>What a connection remembers never shows: heads spoilt at random are read the same by a new reader, and by one that has read others.</summary>
    [Fact]
    public void RememberedLines_ChangeNothing()
    {
        var random = new Random(7);
        var remembering = new OrdinaryHead();
        string[] pool = ["X: y\r\n", "X: z\r\n", "x: y\r\n", "Host: b\r\n", "Cookie: a=1\r\n", "Accept: */*\r\n", " fold\r\n", "Content-Length: 1\r\n", $"Long: {new string('l', 600)}\r\n", "Bad : 1\r\n", "N: \0\r\n"];
        var seen = new int[3];

        for (var i = 0; i < 20_000; i++)
        {
            var text = new StringBuilder(random.Next(4) == 0 ? $"GET /{random.Next(3)}?{random.Next(2)} HTTP/1.1\r\n" : "GET /a HTTP/1.1\r\n").Append(random.Next(20) == 0 ? "" : "Host: a\r\n");
            for (var lines = random.Next(random.Next(10) == 0 ? 40 : 6); lines > 0; lines--)
                text.Append(pool[random.Next(random.Next(8) == 0 ? pool.Length : 3)]);
            var bytes = Bytes(text.Append("\r\n").ToString());
            if (random.Next(10) == 0)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(10) == 0)
                bytes = bytes[..random.Next(bytes.Length)];

            var fresh = new OrdinaryHead();
            var expected = fresh.Read(bytes, out var expectedLength);
            var verdict = remembering.Read(bytes, out var length);
            Assert.Equal((expected, expectedLength), (verdict, length));
            seen[(int)verdict]++;
            if (verdict != HeadVerdict.Ordinary)
                continue;
            var (one, other) = (Request(fresh), Request(remembering));
            Assert.Equal((one.Method, one.Uri, one.QueryString), (other.Method, other.Uri, other.QueryString));
            Assert.Equal(one.Headers.ToArray(), other.Headers.ToArray());
        }
        Assert.All(seen, count => Assert.True(count > 500, $"{count} of a kind"));
    }

    /// <summary>No reading depends on how the bytes came: what is ordinary as a whole is incomplete before, what is unusual stays so.</summary>
    [Fact]
    public void TornAnywhere_IsReadTheSame()
    {
        var random = new Random(11);
        for (var i = 0; i < 400; i++)
        {
            var bytes = Bytes(Browser);
            for (var spoilt = random.Next(3); spoilt > 0; spoilt--)
                bytes[random.Next(bytes.Length)] = (byte)"\r\n\0 :aZ\t#%\u00ff"[random.Next(11)];
            var whole = new OrdinaryHead().Read(bytes, out var length);
            var torn = new OrdinaryHead();
            var isUnusual = false;
            for (var count = 0; count < (whole == HeadVerdict.Ordinary ? length : bytes.Length); count++)
            {
                var verdict = torn.Read(bytes.AsSpan(0, count), out _);
                Assert.NotEqual(HeadVerdict.Ordinary, verdict);
                Assert.False(isUnusual && verdict != HeadVerdict.Unusual);
                isUnusual = verdict == HeadVerdict.Unusual;
            }
            Assert.False(isUnusual && whole != HeadVerdict.Unusual);
            Assert.Equal(whole, torn.Read(bytes, out _));
        }
    }

    private static EdgeRequest Request(OrdinaryHead head)
    {
        var request = new EdgeRequest();
        head.CopyTo(request);
        return request;
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
