using System.Globalization;
using Brink.Distributions;
using Brink.Edge;
using Brink.Edge.Configuration;
using Brink.Functions;
using Brink.Policies;
using Brink.Tests.Functions;

namespace Brink.Tests.Edge;

/// <summary>What a viewer-request function says about the origin, obeyed towards real ones (functions spec 7.1).</summary>
public sealed class OriginChoiceTests
{
    private static readonly CachePolicy CachingOptimized = ManagedPolicies.FindCachePolicy("658327ea-f89d-4fab-a63d-7e88639e58f6")!;

    private static readonly OriginRequestPolicy AllViewer = ManagedPolicies.FindOriginRequestPolicy("216adef6-5c7f-47e4-b989-5492eafa07d3")!;

    [Fact]
    public async Task Select_AsksThatOrigin()
    {
        await using var one = Origin("one");
        await using var two = Origin("two");
        await using var edge = await StartAsync(one, two, "if (event.request.uri == '/2') cf.selectRequestOriginById('two')");

        Assert.Equal("one", (await edge.GetAsync("/1")).Text);
        Assert.Equal("two", (await edge.GetAsync("/2")).Text);
        Assert.Equal(("one", "two"), ((await edge.Log.NextAsync()).OriginId, (await edge.Log.NextAsync()).OriginId));
    }

    [Fact]
    public async Task Update_GoesToTheNamedServer_WithItsOwnNameAsHost()
    {
        await using var one = Origin("one");
        await using var two = Origin("two");
        await using var edge = await StartAsync(
            one, two,
            $"cf.updateRequestOrigin({{ domainName: 'localhost', originPath: '/new', customHeaders: {{ 'x-stage': 'production' }}, customOriginConfig: {{ port: {two.Port}, protocol: 'http', sslProtocols: ['TLSv1.2'] }} }})",
            behavior => behavior with { OriginRequestPolicy = AllViewer });

        Assert.Equal("two", (await edge.GetAsync("/x?q=1")).Text);
        var asked = Assert.Single(two.Requests);
        Assert.Equal("/new/x?q=1", asked.Target);
        Assert.Equal($"localhost:{two.Port}", asked["Host"]);                 // though the policy forwards the viewer's
        Assert.Contains(("X-Stage", "production"), asked.Headers);
        Assert.Null(asked["X-Inherited"]);
        Assert.Empty(one.Requests);
    }

    [Fact]
    public async Task Update_InheritsTheCustomHeaders_AndTheForwardedHost()
    {
        await using var one = Origin("one");
        await using var edge = await StartAsync(one, one, "cf.updateRequestOrigin({ originPath: '/p' })", behavior => behavior with { OriginRequestPolicy = AllViewer });

        await edge.GetAsync("/x");

        var asked = Assert.Single(one.Requests);
        Assert.Equal(("/p/x", "test", "yes"), (asked.Target, asked["Host"], asked["X-Inherited"]));
    }

    [Fact]
    public async Task HostHeader_IsSentInsteadOfEveryOther()
    {
        await using var one = Origin("one");
        await using var edge = await StartAsync(one, one, "cf.selectRequestOriginById('one', { hostHeader: 'h.test' })", behavior => behavior with { OriginRequestPolicy = AllViewer });

        await edge.GetAsync("/");

        Assert.Equal("h.test", Assert.Single(one.Requests)["Host"]);
    }

    [Fact]
    public async Task Group_FailsOver()
    {
        await using var one = new ScriptedOrigin().Reply("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n");
        await using var two = Origin("two");
        await using var edge = await StartAsync(one, two, "cf.createRequestOriginGroup({ originIds: ['one', { originId: 'two', originOverrides: { hostHeader: 'h.test' } }], failoverCriteria: { statusCodes: [503] } })");

        Assert.Equal("two", (await edge.GetAsync("/")).Text);
        Assert.Equal("h.test", Assert.Single(two.Requests)["Host"]);
        Assert.Equal("one answered 503", (await edge.Log.NextAsync()).FailoverReason);
    }

    [Fact]
    public async Task Timeouts_OfTheFunction_Hold()
    {
        await using var one = new ScriptedOrigin().Script(conversation => conversation.StallAsync());
        await using var edge = await StartAsync(one, one, "cf.updateRequestOrigin({ connectionAttempts: 1, timeouts: { readTimeout: 1 } })");

        Assert.Equal(504, (await edge.GetAsync("/")).Status);
        Assert.Single(one.Requests);
    }

    [Fact]
    public async Task Origin_IsNoPartOfTheCacheKey()
    {
        await using var one = Origin("one");
        await using var two = Origin("two");
        await using var edge = await StartAsync(
            one, two, "if (event.request.headers['x-two']) cf.selectRequestOriginById('two')", behavior => behavior with { CachePolicy = CachingOptimized, OriginRequestPolicy = null });

        var first = await edge.GetAsync("/x");
        var second = await edge.AskAsync("GET /x HTTP/1.1\r\nHost: test\r\nX-Two: 1\r\n\r\n");
        var other = await edge.AskAsync("GET /y HTTP/1.1\r\nHost: test\r\nX-Two: 1\r\n\r\n");

        Assert.Equal(("one", "Miss from cloudfront"), (first.Text, first["X-Cache"]));
        Assert.Equal(("one", "Hit from cloudfront"), (second.Text, second["X-Cache"]));
        Assert.Equal(("two", "Miss from cloudfront"), (other.Text, other["X-Cache"]));        // a miss that others may join goes where the function said
    }

    [Theory]
    [InlineData("cf.selectRequestOriginById('nobody')", "cf.selectRequestOriginById: the origin id names &#39;nobody&#39;, and the distribution has no such origin. Its origins are one, two.")]
    [InlineData("cf.updateRequestOrigin({ timeouts: { readTimeout: 500 } })", "cf.updateRequestOrigin: timeouts.readTimeout must be an integer from 1 to 120, not 500. Use a number from 1 to 120, without quotes.")]
    public async Task BrokenRule_GivesAwsPage_AndTheReasonToTheDeveloper(string call, string reason)
    {
        await using var one = Origin("one");
        await using var edge = await StartAsync(one, one, call, options: options => options with { DeveloperErrors = true });

        var answer = await edge.GetAsync("/");

        Assert.Equal((502, "FunctionValidationError from cloudfront"), (answer.Status, answer["X-Cache"]));
        Assert.Contains("The CloudFront function returned an invalid value for origin rewrite.", answer.Text, StringComparison.Ordinal);
        Assert.Contains(reason, answer.Text, StringComparison.Ordinal);
        Assert.Empty(one.Requests);
    }

    [Fact]
    public async Task AnswerOfTheFunction_AsksNobody()
    {
        await using var one = Origin("one");
        await using var edge = await StartAsync(one, one, "cf.selectRequestOriginById('nobody'); return { statusCode: 418 }");

        Assert.Equal(418, (await edge.GetAsync("/")).Status);
        Assert.Empty(one.Requests);
    }

    [Fact]
    public async Task EdgeLocation_IsTheEdgesOwn()
    {
        await using var one = Origin("one");
        await using var edge = await StartAsync(
            one, one, "return { statusCode: 200, headers: { 'x-where': { value: JSON.stringify(cf.edgeLocation) } } }",
            options: options => options with { Location = new EdgeLocation("FRA", "eu-central-1") });

        var answer = await edge.GetAsync("/");

        Assert.Equal("""{"name":"FRA","serverIp":"127.0.0.1","region":"eu-central-1"}""", answer["X-Where"]);
        Assert.Equal("FRA50-C1", answer["X-Amz-Cf-Pop"]);
    }

    [Theory]
    [InlineData("/p?a=1&a=%202", "a=1&a=%202")]
    [InlineData("/p?", "")]
    [InlineData("/p", "undefined")]
    public async Task RawQueryString_OverTheWire(string target, string expected)
    {
        await using var one = Origin("one");
        await using var edge = await StartAsync(one, one, "return { statusCode: 200, body: { encoding: 'text', data: '' + event.request.rawQueryString() } }");

        Assert.Equal(expected, (await edge.GetAsync(target)).Text);
    }

    [Fact]
    public async Task IpAddressType_DecidesWhichAddressesAreTried()
    {
        await using var one = Origin("one");                                  // on 127.0.0.1 only
        var type = "ipv4";
        string Call() => $"cf.updateRequestOrigin({{ domainName: 'localhost', connectionAttempts: 1, customOriginConfig: {{ port: {one.Port}, protocol: 'http', sslProtocols: ['TLSv1.2'], ipAddressType: '{type}' }} }})";
        await using (var edge = await StartAsync(one, one, Call()))
            Assert.Equal("one", (await edge.GetAsync("/")).Text);
        type = "dualstack";
        await using (var edge = await StartAsync(one, one, Call()))
            Assert.Equal("one", (await edge.GetAsync("/")).Text);
        type = "ipv6";
        await using (var edge = await StartAsync(one, one, Call()))
            Assert.Equal(502, (await edge.GetAsync("/")).Status);
    }

    [Fact]
    public async Task KeepAliveTimeout_OfTheFunction_HasConnectionsOfItsOwn()
    {
        await using var one = Origin("one");
        await using var edge = await StartAsync(one, one, "cf.updateRequestOrigin({ timeouts: { keepAliveTimeout: event.request.uri == '/short' ? 1 : 60 } })");

        await edge.GetAsync("/long");
        await edge.GetAsync("/long");
        Assert.Equal(1, one.Connections);
        await edge.GetAsync("/short");                                          // other settings, another pool
        Assert.Equal(2, one.Connections);
    }

    private static ScriptedOrigin Origin(string body) =>
        new ScriptedOrigin().Reply(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

    private static Task<TestEdge> StartAsync(
        ScriptedOrigin one, ScriptedOrigin two, string body, Func<CacheBehavior, CacheBehavior>? behavior = null, Func<EdgeServerOptions, EdgeServerOptions>? options = null)
    {
        var first = TestEdge.To(one) with { Id = "one", CustomHeaders = [new Brink.Http.HeaderField("X-Inherited", "yes")] };
        var function = FunctionFixture.Compile($"import cf from 'cloudfront'; function handler(event) {{ {body}; return event.request; }}");
        return TestEdge.StartAsync(
            first, behavior, function, options: options,
            distribution: distribution => distribution with { Origins = [first, TestEdge.To(two) with { Id = "two" }] });
    }
}
