using System.Net;
using System.Text;
using Brink.Edge.Configuration;
using Brink.Edge.WarmingUp;
using Brink.Functions.JavaScript;

namespace Brink.Tests.Edge;

public sealed class WarmUpTests
{
    private static JavaScriptFunction Function(string code) => JavaScriptFunction.Compile(
        new FunctionSource { Name = "own", Code = Encoding.UTF8.GetBytes(code) }, FunctionLimits.Default, TimeProvider.System);

    [Fact]
    public async Task WarmUp_IsSeenByNobody()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin),
            viewerRequest: Function("function handler(event) { console.log('ran'); return event.request; }"),
            options: options => options with { WarmUp = TimeSpan.FromMilliseconds(200) });

        Assert.Empty(edge.Log.Faults);
        Assert.False(edge.Log.HasEntry);
        Assert.Equal(0, edge.Server.Tiers.Edge.Storage.Count);
        Assert.Empty(origin.Requests);

        Assert.Equal(200, (await edge.GetAsync("/")).Status);
        Assert.Equal("/", (await edge.Log.NextAsync()).Uri);
    }

    [Fact]
    public async Task WarmUp_RunsWhatIsLoaded()
    {
        var snapshot = TestEdge.SnapshotOf(
            TestEdge.ToPort(1),
            viewerRequest: Function("function handler(event) { return event.request; }"),
            viewerResponse: Function("function handler(event) { return event.response; }"));
        var options = EdgeServerOptions.Default with { WarmUp = TimeSpan.FromMinutes(1), ProxyProtocolPeers = [IPNetwork.Parse("127.0.0.0/8")] };

        var calls = await new WarmUp(options, TimeProvider.System, maxRounds: 5).RunAsync(snapshot, TestContext.Current.CancellationToken);

        Assert.Equal(10, calls);
    }

    [Theory]
    [InlineData("function handler(event) { throw new Error('no'); }")]
    [InlineData("function handler(event) { while (true) { } }")]
    [InlineData("function handler(event) {")]
    public async Task FunctionsThatFail_DoNotStopTheEdge(string code)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), viewerRequest: Function(code), options: options => options with { WarmUp = TimeSpan.FromMilliseconds(100) });

        Assert.Equal(503, (await edge.GetAsync("/")).Status);
        Assert.Empty(edge.Log.Faults);
    }
}
