using System.Text;
using static Brink.Tests.Edge.Http2Frames;

namespace Brink.Tests.Edge;

/// <summary>HTTP/2 frame by frame: what no well-behaved client sends.</summary>
public sealed class Http2Tests
{
    [Fact]
    public async Task RawTarget_IsKept()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        Assert.Equal(200, await AskAsync(edge, (":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", "//a/../b%41?x=/../%2f")));

        Assert.Equal("//a/../b%41?x=/../%2f", origin.Requests[0].Target);
    }

    [Theory]
    [InlineData("/caf\u00e9")]
    [InlineData("/a?caf\u00e9")]
    [InlineData("/a b")]
    [InlineData("/a\tb")]
    [InlineData("/a#b")]
    [InlineData("a")]
    [InlineData("")]
    [InlineData("*")]
    public async Task BadTarget_NeverReachesTheOrigin(string path)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var status = await AskAsync(edge, (":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", path));

        Assert.True(status is 400 or Refused, $"{status}");
        Assert.NotEmpty(await edge.Log.NextRefusalAsync());
        Assert.Empty(origin.Requests);
        Assert.Empty(edge.Log.Faults);
    }

    public static TheoryData<string, string> BadFields => new()
    {
        { "transfer-encoding", "chunked" },
        { "connection", "keep-alive" },
        { "Upper-Case", "x" },
        { "x-line", "a\r\nb" },
        { "x-nul", "a\0b" },
        { "content-length", "5" }, // and no body comes
    };

    [Theory]
    [MemberData(nameof(BadFields))]
    public async Task BadField_NeverReachesTheOrigin(string name, string value)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var status = await AskAsync(edge, (":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", "/"), (name, value));

        Assert.True(status is 400 or 403 or Refused, $"{status}");
        await await Task.WhenAny(edge.Log.NextRefusalAsync(), edge.Log.NextAsync());
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task UrlOverTheLimit_Gets413()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        Assert.Equal(413, await AskAsync(edge, (":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", "/" + new string('a', 8192))));
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task CookiesInPieces_AreOneFieldAtTheOrigin()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        await AskAsync(edge, (":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", "/"), ("cookie", "a=b"), ("cookie", "c=d"));

        Assert.Equal("a=b; c=d", origin.Requests[0]["Cookie"]);
        Assert.Single(origin.Requests[0].Headers, field => field.Name == "Cookie");
    }

    [Fact]
    public async Task NoAuthority_Gets400()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        Assert.True(await AskAsync(edge, (":method", "GET"), (":scheme", "http"), (":path", "/")) is 400 or Refused);
        Assert.Empty(origin.Requests);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a:65536")]
    [InlineData("[::1]:99999")]
    [InlineData("a'b")]
    [InlineData("u@test")]
    [InlineData("u:p@test")]
    [InlineData("test/x")]
    [InlineData("caf\u00e9")]
    [InlineData("")]
    public async Task AuthorityThatIsNoHost_Gets400AndThePage(string authority)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        Assert.Equal(400, await AskAsync(edge, (":method", "GET"), (":scheme", "http"), (":authority", authority), (":path", "/")));

        Assert.Contains("Host", await edge.Log.NextRefusalAsync());
        Assert.Empty(origin.Requests);
        Assert.Empty(edge.Log.Faults);
    }

    [Theory]
    [InlineData("test", null, "test")]
    [InlineData("my_host.example.com:8080", null, "my_host.example.com:8080")]
    [InlineData("[::1]:8080", null, "[::1]:8080")]
    [InlineData("test", "other", "test")] // the authority counts (RFC 9113 section 8.3.1)
    [InlineData("test", "a'b", "test")]
    [InlineData(null, "test", "test")]
    public async Task AuthorityAndHostField_AreOneHostAtTheOrigin(string? authority, string? host, string expected)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => behavior with { OriginRequestPolicy = TestEdge.AllViewerExceptHost with { Headers = Brink.Policies.ItemSet.All } });
        List<(string, string)> fields = [(":method", "GET"), (":scheme", "http"), (":path", "/")];
        if (authority is not null)
            fields.Add((":authority", authority));
        if (host is not null)
            fields.Add(("host", host));

        Assert.Equal(200, await AskAsync(edge, [.. fields]));

        Assert.Equal(expected, Assert.Single(origin.Requests[0].Headers, field => field.Name.Equals("Host", StringComparison.OrdinalIgnoreCase)).Value);
        Assert.DoesNotContain(origin.Requests[0].Headers, field => field.Name.Contains("authority", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("00000000000000000000000000000000", 200)]
    [InlineData("+0", Refused)]
    [InlineData("0\0", Refused)]
    [InlineData("", Refused)]
    [InlineData("99999999999999999999", Refused)]
    public async Task ContentLength_IsDigitsHereToo(string length, int status)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        Assert.Equal(status, await AskAsync(edge, (":method", "POST"), (":scheme", "http"), (":authority", "test"), (":path", "/"), ("content-length", length)));

        Assert.Equal(status == 200 ? 1 : 0, origin.Requests.Count);
        if (status != 200)
            Assert.NotEmpty(await edge.Log.NextRefusalAsync());
        Assert.Empty(edge.Log.Faults);
    }

    [Theory]
    [InlineData("te", "trailers")]
    [InlineData("keep-alive", "timeout=5")]
    [InlineData("proxy-connection", "close")]
    [InlineData("upgrade", "x")]
    [InlineData("trailer", "x-late")]
    [InlineData("expect", "200-ok")]
    public async Task FieldOfTheConnection_NeverReachesTheOrigin(string name, string value)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => behavior with { OriginRequestPolicy = TestEdge.AllViewerExceptHost with { Headers = Brink.Policies.ItemSet.All } });

        await AskAsync(edge, (":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", "/"), (name, value));

        Assert.DoesNotContain(origin.Requests, asked => asked[name] is not null);
    }

    [Fact]
    public async Task BodyBreaksOff_TheStreamIsReset()
    {
        await using var origin = new ScriptedOrigin().ReplyAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        Assert.Equal(Refused, await AskAsync(edge, (":method", "GET"), (":scheme", "http"), (":authority", "test"), (":path", "/")));
    }

    /// <summary>Stands for a reset stream or a connection that was ended.</summary>
    private const int Refused = -1;

    private static async Task<int> AskAsync(TestEdge edge, params (string Name, string Value)[] fields)
    {
        using var viewer = await RawViewer.ConnectAsync(edge.Port);
        await viewer.SendAsync(Start + Frame(Headers, EndStream | EndHeaders, Block(fields)));

        var status = 0;
        while (true)
        {
            byte[] head;
            try
            {
                head = await viewer.ReadBytesAsync(9);
            }
            catch (IOException)
            {
                return Refused;
            }
            var (length, type, flags) = ((head[0] << 16) + (head[1] << 8) + head[2], head[3], head[4]);
            var payload = await viewer.ReadBytesAsync(length);
            if (type is ResetStream or GoAway)
                return Refused;
            if (type == Headers)
                status = StatusIn(payload);
            if (type is Headers or Data && (flags & 1) != 0)
                return status;
        }
    }

    /// <summary>The first field of a response block: an entry of the static table, or a literal with the table's name 8 (RFC 7541 appendix A).</summary>
    private static int StatusIn(byte[] block) => block[0] switch
    {
        0x88 => 200,
        0x89 => 204,
        0x8a => 206,
        0x8b => 304,
        0x8c => 400,
        0x8d => 404,
        0x8e => 500,
        _ => int.Parse(Encoding.Latin1.GetString(block, 2, block[1] & 0x7f), System.Globalization.CultureInfo.InvariantCulture),
    };
}
