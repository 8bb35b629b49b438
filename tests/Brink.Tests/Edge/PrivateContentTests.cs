using System.Collections.Immutable;
using System.Globalization;
using Brink.Distributions;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Logs;
using Brink.Policies;
using Brink.PrivateContent;
using Brink.Tests.PrivateContent;

namespace Brink.Tests.Edge;

/// <summary>Private content on the wire: what refusals look like, and how far what was signed with goes (distribution spec 2.12).</summary>
public sealed class PrivateContentTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: max-age=600\r\n\r\nok";

    private static readonly CachePolicy Everything = new()
    {
        Id = "p", Name = "p", MinTtl = TimeSpan.Zero, DefaultTtl = TimeSpan.FromHours(1), MaxTtl = TimeSpan.FromHours(1),
        QueryStrings = ItemSet.All, Cookies = ItemSet.All,
    };

    [Fact]
    public async Task UnsignedRequest_GetsTheErrorDocument_AndNothingRuns()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var function = ScriptedFunction.Responding(418);
        await using var edge = await StartAsync(origin, function);

        foreach (var method in new[] { "GET", "POST", "OPTIONS" })
        {
            var answer = await edge.AskAsync($"{method} /a HTTP/1.1\r\nHost: h.test\r\nContent-Length: 0\r\n\r\n");
            var entry = await edge.Log.NextAsync();

            Assert.Equal(403, answer.Status);
            Assert.Equal(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>MissingKey</Code><Message>Missing Key-Pair-Id query parameter or cookie value</Message></Error>", answer.Text);
            Assert.Equal(("text/xml", "CloudFront", "Error from cloudfront"), (answer["Content-Type"], answer["Server"], answer["X-Cache"]));
            Assert.Equal((ResultType.Error, "Error"), (entry.ResultType, entry.DetailedResultType));
            Assert.Contains("names a key", entry.ErrorDetail, StringComparison.Ordinal);
        }
        Assert.Equal(0, function.Runs);
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task SignedUrl_IsOneObjectForEverySignature_AndIsNotSeenBehindTheGate()
    {
        var time = new ManualTimeProvider();
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var function = ScriptedFunction.Editing(_ => { });
        await using var edge = await StartAsync(origin, function, time: time);
        var end = time.GetUtcNow().ToUnixTimeSeconds() + 60;

        var first = await GetAsync(edge, Signed("http://h.test/a?x=1&y", end));
        var entry = await edge.Log.NextAsync();
        var second = await GetAsync(edge, Signed("http://h.test/a?x=1&y", end + 1));
        var custom = await GetAsync(edge, Signed("http://h.test/a?x=1&y", PolicySigner.PolicyOf("http*://h.test/*", end, null, "127.0.0.1")));
        var head = await edge.AskAsync($"HEAD {new Uri(Signed("http://h.test/a?x=1&y", end)).PathAndQuery} HTTP/1.1\r\nHost: h.test\r\n\r\n", head: true);

        Assert.Equal(["Miss from cloudfront", "Hit from cloudfront", "Hit from cloudfront", "Hit from cloudfront"], new[] { first, second, custom, head }.Select(answer => answer["X-Cache"]));
        Assert.Equal("GET /a?x=1&y HTTP/1.1", Assert.Single(origin.Requests).Line);
        Assert.Equal("x=1&y", function.Last!.Request.QueryString);
        Assert.StartsWith($"x=1&y&Expires={end.ToString(CultureInfo.InvariantCulture)}&Signature=", entry.QueryString, StringComparison.Ordinal);

        // What is cached is as closed as what is not.
        time.AdvanceSeconds(60);
        Assert.Equal((403, "AccessDenied"), Error(await GetAsync(edge, Signed("http://h.test/a?x=1&y", end))));
        Assert.Equal(200, (await GetAsync(edge, Signed("http://h.test/a?x=1&y", end + 1))).Status);
        Assert.Single(origin.Requests);
    }

    [Fact]
    public async Task SignedCookies_AreNeitherInTheKeyNorSent_AndTheOthersAre()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await StartAsync(origin);
        var answers = new List<string?>();
        foreach (var end in new[] { 4102444800, 4102444801 })
        {
            using var signer = SigningKeys.Signer();
            answers.Add((await edge.AskAsync($"GET /a HTTP/1.1\r\nHost: h.test\r\nCookie: a=1; {signer.SignCookies("http://h.test/a", end)}; b=2\r\n\r\n"))["X-Cache"]);
        }
        using (var signer = SigningKeys.Signer())
            await edge.AskAsync($"GET /b HTTP/1.1\r\nHost: h.test\r\nCookie: {signer.SignCookies("http://h.test/b", 4102444800)}\r\n\r\n");

        Assert.Equal(["Miss from cloudfront", "Hit from cloudfront"], answers);
        Assert.Equal("a=1; b=2", origin.Requests[0]["Cookie"]);
        Assert.Null(origin.Requests[1]["Cookie"]);
    }

    [Fact]
    public async Task RefusedRequest_GetsTheCustomErrorPage()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await StartAsync(origin, distribution: distribution => distribution with
        {
            CustomErrorPages = ImmutableDictionary<int, CustomErrorPage>.Empty.Add(403, new CustomErrorPage(403, "/login.html", 200)),
        });

        var answer = await edge.GetAsync("/a");

        Assert.Equal((200, "ok", "Error from cloudfront"), (answer.Status, answer.Text, answer["X-Cache"]));
        Assert.Equal("GET /login.html HTTP/1.1", Assert.Single(origin.Requests).Line);
    }

    [Fact]
    public async Task BehaviorWithoutKeyGroups_LeavesTheParametersAlone()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        await edge.AskAsync("GET /a?Expires=1&Signature=s HTTP/1.1\r\nHost: h.test\r\nCookie: CloudFront-Policy=p\r\n\r\n");

        Assert.Equal("GET /a?Expires=1&Signature=s HTTP/1.1", origin.Requests[0].Line);
        Assert.Equal("CloudFront-Policy=p", origin.Requests[0]["Cookie"]);
    }

    [Fact]
    public async Task Invalidations_LeaveTheSignatureOff()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await StartAsync(origin);
        var url = Signed("http://h.test/a?x=1", 4102444800);

        await GetAsync(edge, url);
        edge.Server.Tiers.Invalidate(new InvalidationRule("EDFDVBD6EXAMPLE", "/a?x=1"));
        var answer = await GetAsync(edge, url);

        Assert.Equal("Miss from cloudfront", answer["X-Cache"]);
    }

    private static Task<TestEdge> StartAsync(ScriptedOrigin origin, ScriptedFunction? function = null, Func<Distribution, Distribution>? distribution = null, TimeProvider? time = null) => TestEdge.StartAsync(
        TestEdge.To(origin), behavior => behavior with { TrustedKeys = [SigningKeys.Rsa], CachePolicy = Everything }, function, distribution: distribution, time: time);

    private static string Signed(string url, long end)
    {
        using var signer = SigningKeys.Signer();
        return signer.SignUrl(url, end);
    }

    private static string Signed(string url, byte[] policy)
    {
        using var signer = SigningKeys.Signer("rsa", SignatureHash.Sha256);
        return signer.SignUrl(url, policy);
    }

    private static Task<RawResponse> GetAsync(TestEdge edge, string url) => edge.AskAsync($"GET {url["http://h.test".Length..]} HTTP/1.1\r\nHost: h.test\r\n\r\n");

    private static (int Status, string Code) Error(RawResponse answer) => (answer.Status, answer.Text.Split("<Code>")[1].Split('<')[0]);
}
