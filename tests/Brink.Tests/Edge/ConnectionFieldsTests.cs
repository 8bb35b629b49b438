using Brink.Distributions;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>
/// What a viewer says of its connection steers nothing behind it: the cache key, the functions and the origin see one request (RFC 9110 section 7.6.1).
/// </summary>
public sealed class ConnectionFieldsTests
{
    private static CachePolicy Keyed(params string[] names) => new()
    {
        Id = "658327ea-f89d-4fab-a63d-7e88639e58f6",
        Name = "Keyed",
        MinTtl = TimeSpan.FromSeconds(1),
        DefaultTtl = TimeSpan.FromDays(1),
        MaxTtl = TimeSpan.FromDays(365),
        Headers = ItemSet.Whitelist([.. names]),
    };

    /// <summary>Answers with what it saw, so that an answer under the wrong key shows.</summary>
    private static ScriptedOrigin Mirror(string name) => new ScriptedOrigin().Script(conversation =>
    {
        var seen = conversation.Request[name] ?? "nothing";
        return conversation.SayAsync($"HTTP/1.1 200 OK\r\nCache-Control: max-age=1000\r\nContent-Length: {seen.Length}\r\n\r\n{seen}");
    });

    public static TheoryData<string, string> Poisonings
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in new[] { "X-Tenant", "Origin", "Authorization", "Accept-Language", "User-Agent" })
            {
                foreach (var connection in new[] { "{0}", "close, {0}", "{0}, close", "keep-alive, {0}", "{0},keep-alive", "Keep-Alive , x, {0} ,, ", "upgrade, {0}", "keep-alive, Upgrade, {0}", "CLOSE,\t{0}", "x\r\nConnection: {0}", "close\r\nConnection: {0}", "{0}\r\nConnection: upgrade" })
                    data.Add(name, connection);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Poisonings))]
    public async Task KeyedFieldIsNominated_TheVictimGetsItsOwnAnswer(string name, string connection)
    {
        await using var origin = Mirror(name);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), behavior => behavior with { CachePolicy = Keyed(name), OriginRequestPolicy = null });

        using var attacker = await RawViewer.ConnectAsync(edge.Port);
        await attacker.SendAsync($"GET / HTTP/1.1\r\nHost: test\r\n{name}: victim\r\nConnection: {connection.Replace("{0}", name.ToLowerInvariant(), StringComparison.Ordinal)}\r\n\r\n");
        var poison = await attacker.ReceiveAsync();
        var victim = await edge.AskAsync($"GET / HTTP/1.1\r\nHost: test\r\n{name}: victim\r\n\r\n");

        Assert.NotEqual("victim", poison.Text);
        Assert.Equal(("victim", "Miss from cloudfront"), (victim.Text, victim["X-Cache"]));
        Assert.Equal(2, origin.Requests.Count);
    }

    [Fact]
    public async Task NominatedField_IsGoneForKeyFunctionAndOriginAlike()
    {
        var function = ScriptedFunction.Editing(_ => { });
        await using var origin = Mirror("X-Tenant");
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => behavior with { CachePolicy = Keyed("X-Tenant"), OriginRequestPolicy = null }, viewerRequest: function);

        await edge.AskAsync("GET / HTTP/1.1\r\nHost: test\r\nX-Tenant: a\r\nx-tenant: b\r\nX-Other: c\r\nConnection: X-TENANT\r\n\r\n");
        var other = await edge.AskAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");

        Assert.Null(origin.Requests[0]["X-Tenant"]);
        Assert.Equal("Hit from cloudfront", other["X-Cache"]); // the same key as without the field
        await edge.AskAsync("GET / HTTP/1.1\r\nHost: test\r\nX-Tenant: a\r\nX-Other: c\r\nConnection: X-Tenant\r\n\r\n");
        Assert.Equal((null, "c"), (function.Last!.Request.Headers.Get("X-Tenant"), function.Last.Request.Headers.Get("X-Other")));
    }

    [Theory]
    [InlineData("X-Added")]
    [InlineData("close, X-Added")]
    [InlineData("keep-alive, X-Added")]
    public async Task WhatAFunctionAdds_IsNotSubjectToTheViewersConnection(string connection)
    {
        var function = ScriptedFunction.Editing(e => e.Request.Headers.Set("X-Added", "by the function"));
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerRequest: function);

        await edge.AskAsync($"GET / HTTP/1.1\r\nHost: test\r\nX-Added: by the viewer\r\nConnection: {connection}\r\n\r\n");

        Assert.Equal("by the function", Assert.Single(origin.Requests[0].Headers, field => field.Name == "X-Added").Value);
    }

    [Fact]
    public async Task FieldsOfThePlatform_AreNeverNominated()
    {
        var function = ScriptedFunction.Editing(_ => { });
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => behavior with { OriginRequestPolicy = TestEdge.AllViewerExceptHost with { Headers = ItemSet.All } }, viewerRequest: function);

        var answer = await edge.AskAsync(
            "POST / HTTP/1.1\r\nHost: www.example.com\r\nContent-Length: 3\r\nVia: 1.0 before\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Host: h\r\nForwarded: for=1.2.3.4\r\nCDN-Loop: x\r\n"
            + "CloudFront-Foo: 1\r\nConnection: Host, Content-Length, Transfer-Encoding, Via, X-Forwarded-For, x-forwarded-host, Forwarded, CDN-Loop, CloudFront-Foo, Connection\r\n\r\nabc");

        Assert.Equal(200, answer.Status);
        var asked = origin.Requests[0];
        Assert.Equal(("www.example.com", "3", "abc"), (asked["Host"], asked["Content-Length"], asked.Body));
        Assert.StartsWith("1.0 before, 1.1 ", asked["Via"]);
        Assert.Equal(("1.2.3.4,127.0.0.1", "h", "for=1.2.3.4", "x"), (asked["X-Forwarded-For"], asked["X-Forwarded-Host"], asked["Forwarded"], asked["CDN-Loop"]));
        Assert.Equal("1", function.Last!.Request.Headers.Get("CloudFront-Foo"));
        Assert.Equal("Keep-Alive", asked["Connection"]);
    }

    /// <summary>Fields that speak of the connection, whether or not Connection nominates them: none reaches the origin, however the policies would send it.</summary>
    [Theory]
    [InlineData("TE: trailers", null)]
    [InlineData("TE: trailers", "TE")]
    [InlineData("TE: gzip;q=1, trailers", null)]
    [InlineData("Upgrade: websocket", null)]
    [InlineData("Upgrade: h2c", "keep-alive, Upgrade")]
    [InlineData("Upgrade: x", null)]
    [InlineData("HTTP2-Settings: AAMAAABkAAQAAP__", "Upgrade, HTTP2-Settings")]
    [InlineData("Expect: 200-ok", null)]
    [InlineData("Expect: 100-continue", null)]
    [InlineData("Trailer: X-Late", null)]
    [InlineData("Keep-Alive: timeout=5", "keep-alive")]
    [InlineData("Keep-Alive: timeout=5", null)]
    [InlineData("Proxy-Connection: close", null)]
    [InlineData("Proxy-Authorization: Basic x", null)]
    [InlineData("Proxy-Anything: x", null)]
    public async Task FieldOfTheConnection_NeverReachesTheOrigin(string field, string? connection)
    {
        var name = field[..field.IndexOf(':', StringComparison.Ordinal)];
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => behavior with { OriginRequestPolicy = TestEdge.AllViewerExceptHost with { Headers = ItemSet.All } });
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync($"GET / HTTP/1.1\r\nHost: test\r\n{field}\r\n{(connection is null ? "" : $"Connection: {connection}\r\n")}X-Stays: 1\r\n\r\n");
        await viewer.ReceiveAsync();

        var asked = Assert.Single(origin.Requests);
        Assert.Equal((null, "1", "Keep-Alive"), (asked[name], asked["X-Stays"], asked["Connection"]));
    }

    /// <summary>Such a field is like any other up to there: in the key where a policy lists it, before the function unless it is nominated or hidden. What comes from the cache is the same.</summary>
    [Theory]
    [InlineData("TE", "trailers", null)]
    [InlineData("TE", "trailers", "TE")]
    [InlineData("Upgrade", "x", "Upgrade")]
    [InlineData("Expect", "100-continue", null)]
    [InlineData("Max-Forwards", "0", null)]
    [InlineData("Max-Forwards", "0", "Max-Forwards")]
    [InlineData("Trailer", "X-Late", null)]
    [InlineData("Keep-Alive", "timeout=5", "keep-alive")]
    [InlineData("Proxy-Connection", "close", null)]
    public async Task FieldOfTheConnection_MakesNoOtherAnswerUnderOneKey(string name, string value, string? connection)
    {
        var seen = new List<string?>();
        var function = ScriptedFunction.Editing(e => seen.Add(e.Request.Headers.Get(name)));
        await using var origin = Mirror(name);
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => behavior with { CachePolicy = Keyed("X-Tenant"), OriginRequestPolicy = null }, viewerRequest: function);
        var nomination = connection is null ? "" : $"Connection: {connection}\r\n";
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync($"GET / HTTP/1.1\r\nHost: test\r\n{name}: {value}\r\n{nomination}\r\n");
        var first = await viewer.ReceiveAsync();
        var second = await edge.GetAsync("/");

        Assert.Equal(("nothing", "nothing", "Hit from cloudfront"), (first.Text, second.Text, second["X-Cache"]));
        Assert.Equal([connection == name ? null : value, null], seen);
    }

    /// <summary>A policy that lists the field sends it; but with OPTIONS it would make a server on the way answer in the origin's place, and that can be cached.</summary>
    [Theory]
    [InlineData("GET", true)]
    [InlineData("OPTIONS", false)]
    public async Task MaxForwards_GoesOnExceptWithOptions(string method, bool isSent)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        await edge.AskAsync($"{method} / HTTP/1.1\r\nHost: test\r\nMax-Forwards: 0\r\n\r\n");

        Assert.Equal(isSent ? "0" : null, origin.Requests[0]["Max-Forwards"]);
    }

    [Theory]
    [InlineData("close", true)]
    [InlineData("Close, X-Foo", true)]
    [InlineData("X-Foo, close", true)]
    [InlineData("X-Foo, keep-alive", false)]
    [InlineData("keep-alive, X-Foo", false)]
    [InlineData("X-Foo", false)]
    [InlineData("closed, X-Foo", false)]
    public async Task ConnectionEnds_WhereItSaysSo(string connection, bool ends)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));
        using var viewer = await RawViewer.ConnectAsync(edge.Port);

        await viewer.SendAsync($"GET /a HTTP/1.1\r\nHost: test\r\nConnection: {connection}\r\n\r\n");
        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);

        if (ends)
        {
            Assert.True(await viewer.IsClosedAsync());
            return;
        }
        await viewer.SendAsync("GET /b HTTP/1.1\r\nHost: test\r\n\r\n");
        Assert.Equal(200, (await viewer.ReceiveAsync()).Status);
    }

    [Fact]
    public async Task ThousandsOfNominations_CostOnePass()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var names = string.Join(',', Enumerable.Range(0, 3000).Select(i => $"n{i}"));
        var answer = await edge.AskAsync($"GET / HTTP/1.1\r\nHost: test\r\nn2999: 1\r\nX-Stays: 1\r\nConnection: {names}\r\n\r\n");

        Assert.Equal(200, answer.Status);
        Assert.Equal((null, "1"), (origin.Requests[0]["n2999"], origin.Requests[0]["X-Stays"]));
    }

    [Fact]
    public async Task OriginNominatesAField_ItIsForThatConnectionOnly()
    {
        await using var origin = new ScriptedOrigin().Reply(
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Hop: 1\r\nX-Stays: 1\r\nKeep-Alive: timeout=5\r\nConnection: X-Hop, Content-Length, keep-alive\r\n\r\nok");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var answer = await edge.GetAsync("/");

        Assert.Equal((null, "1", null, "2"), (answer["X-Hop"], answer["X-Stays"], answer["Keep-Alive"], answer["Content-Length"]));
    }
}
