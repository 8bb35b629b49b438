using Brink.Distributions;
using Brink.Policies;
using Brink.Tests.Http;

namespace Brink.Tests.Edge;

/// <summary>Host at the door, and Host towards origins: one grammar, one field.</summary>
public sealed class HostTests
{
    private static readonly Func<CacheBehavior, CacheBehavior> ForwardsHost =
        behavior => behavior with { OriginRequestPolicy = TestEdge.AllViewerExceptHost with { Headers = ItemSet.All } };

    public static TheoryData<string> Hosts => HostFieldTests.Hosts;

    // Line ends are no part of a value, blanks around it neither; a char beyond a byte is none on the wire.
    public static TheoryData<string> NoHosts =>
        [.. HostFieldTests.NoHosts.Select(row => row.Data).Where(host => host == host.Trim() && host.All(c => c is not ('\r' or '\n') and <= '\u00ff'))];

    [Theory]
    [MemberData(nameof(NoHosts))]
    public async Task NoHost_Gets400AndThePageAndALogLine(string host)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), ForwardsHost);

        foreach (var start in new[] { "GET", "POST" }) // what the ordinary reader would take, and what it would not
        {
            using var viewer = await RawViewer.ConnectAsync(edge.Port);
            await viewer.SendAsync($"{start} / HTTP/1.1\r\nHost: {host}\r\nX-After: 1\r\n\r\n");
            var answer = await viewer.ReceiveAsync();

            Assert.Equal(400, answer.Status);
            Assert.Contains("<H1>400 ERROR</H1>", answer.Text);
            Assert.Contains("Host", await edge.Log.NextRefusalAsync());
            Assert.True(await viewer.IsClosedAsync());
        }
        Assert.Empty(origin.Requests);
        Assert.Empty(edge.Log.Faults);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task Host_ReachesTheOriginOnceAndAsItCame(string host)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), ForwardsHost);

        Assert.Equal(200, (await edge.AskAsync($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")).Status);
        Assert.Equal(200, (await edge.AskAsync($"GET / HTTP/1.1\r\nHost: \t{host} \r\nConnection: X-None\r\n\r\n")).Status);
        Assert.Equal(200, (await edge.AskAsync($"GET / HTTP/1.0\r\nHost: {host}\r\n\r\n")).Status);

        Assert.Equal(3, origin.Requests.Count);
        foreach (var asked in origin.Requests)
            Assert.Equal(host, Assert.Single(asked.Headers, field => field.Name.Equals("Host", StringComparison.OrdinalIgnoreCase)).Value);
    }

    /// <summary>The reader at the door is not asked here: a Lambda@Edge function, a placed bucket or a setting may have written it.</summary>
    [Theory]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("a:65536")]
    [InlineData("a'b")]
    [InlineData("")]
    public async Task HostThatIsNone_IsNeverSentToAnOrigin(string host)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin) with { HostHeader = host });

        var answer = await edge.GetAsync("/");
        var entry = await edge.Log.NextAsync();

        Assert.Equal((502, "OriginConnectError"), (answer.Status, entry.DetailedResultType));
        Assert.Contains($"the Host '{host}' cannot be sent", entry.ErrorDetail);
        Assert.Empty(origin.Requests);
    }

    [Theory]
    [InlineData("GET http://a..b/ HTTP/1.1\r\nHost: a..b\r\n\r\n")]
    [InlineData("GET http://test/ HTTP/1.1\r\nHost: a..b\r\n\r\n")]
    [InlineData("GET http://./ HTTP/1.1\r\nHost: .\r\n\r\n")]
    [InlineData("GET http://test:99999/ HTTP/1.1\r\nHost: test:99999\r\n\r\n")]
    [InlineData("GET http://u@test/ HTTP/1.1\r\nHost: u@test\r\n\r\n")]
    [InlineData("GET http://u@test/ HTTP/1.1\r\nHost: test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: .\r\nHost: .\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: test\r\nHost: a'b\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nHost: a'b\r\n\r\n")]
    public async Task AbsoluteTargetsAndSeveralHosts_FollowTheSameRule(string request)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), ForwardsHost);

        Assert.Equal(400, (await edge.AskAsync(request)).Status);

        Assert.NotEmpty(await edge.Log.NextRefusalAsync());
        Assert.Empty(origin.Requests);
        Assert.Empty(edge.Log.Faults);
    }
}
