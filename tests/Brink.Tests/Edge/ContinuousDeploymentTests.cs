using System.Collections.Immutable;
using System.Globalization;
using Brink.ContinuousDeployment;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Functions;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>Primary or staging, request by request, over sockets (distribution spec 1.1, stage 4; 2.13).</summary>
public sealed class ContinuousDeploymentTests : IAsyncDisposable
{
    private const string Name = "www.example.test", StagingName = "d222222abcdef8.cloudfront.net";
    private const string Cookie = StickySession.CookieName;

    private static readonly TrafficConfig Header = new TrafficConfig.SingleHeader("aws-cf-cd-staging", "Yes");
    private static readonly TrafficConfig Sticky = new TrafficConfig.SingleWeight(
        150_000, new SessionStickiness(TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(1000)));

    private readonly ScriptedOrigin _primary = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nCache-Control: max-age=60\r\n\r\nprimary");
    private readonly ScriptedOrigin _staging = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nCache-Control: max-age=60\r\n\r\nstaging");
    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("aws-cf-cd-staging: Yes\r\n", "staging")]
    [InlineData("AWS-CF-CD-Staging: Yes\r\n", "staging")]
    [InlineData("aws-cf-cd-staging: no\r\naws-cf-cd-staging: Yes\r\n", "staging")]
    [InlineData("aws-cf-cd-staging: yes\r\n", "primary")]
    [InlineData("aws-cf-cd-staging: Yes, sir\r\n", "primary")]
    [InlineData("aws-cf-cd-other: Yes\r\n", "primary")]
    [InlineData("", "primary")]
    public async Task Header_ChoosesByItsWholeValue(string headers, string expected)
    {
        await using var edge = await StartAsync(Header);

        Assert.Equal(expected, (await AskAsync(edge, headers)).Text);
    }

    [Fact]
    public async Task LogOfTheStagingDistribution_NamesThePrimary()
    {
        await using var edge = await StartAsync(Header);

        await AskAsync(edge, "aws-cf-cd-staging: Yes\r\n");
        var entry = await edge.Log.NextAsync();
        Assert.Equal(("ESTAGING", "EPRIMARY", "d111111abcdef8.cloudfront.net"), (entry.DistributionId, entry.PrimaryDistribution?.Id, entry.PrimaryDistribution?.DomainName));

        await AskAsync(edge);
        entry = await edge.Log.NextAsync();
        Assert.Equal(("EPRIMARY", null), (entry.DistributionId, entry.PrimaryDistribution));
    }

    [Fact]
    public async Task EachDistribution_HasItsCache()
    {
        await using var edge = await StartAsync(Header, policy: ManagedPolicies.FindCachePolicy("658327ea-f89d-4fab-a63d-7e88639e58f6"));

        foreach (var (headers, text, cache) in new[]
        {
            ("", "primary", "Miss from cloudfront"), ("aws-cf-cd-staging: Yes\r\n", "staging", "Miss from cloudfront"),
            ("", "primary", "Hit from cloudfront"), ("aws-cf-cd-staging: Yes\r\n", "staging", "Hit from cloudfront"),
        })
        {
            var answer = await AskAsync(edge, headers);
            Assert.Equal((text, cache), (answer.Text, answer["X-Cache"]));
        }
    }

    [Theory]
    [InlineData(StagingName)]
    [InlineData("D222222ABCDEF8.cloudfront.net:8080")]
    [InlineData("staging.example.test")]
    public async Task StagingDistribution_AnswersToNoName(string host)
    {
        await using var edge = await StartAsync(Header);

        var answer = await edge.AskAsync($"GET / HTTP/1.1\r\nHost: {host}\r\naws-cf-cd-staging: Yes\r\n\r\n");

        Assert.Equal(403, answer.Status);
        Assert.Empty(_staging.Requests);
        var detail = (await edge.Log.NextAsync()).ErrorDetail;
        Assert.Equal(host.Contains("cloudfront", StringComparison.Ordinal), detail!.StartsWith("a staging distribution answers to no Host", StringComparison.Ordinal));
    }

    [Fact]
    public async Task StagingDistribution_AnswersToNoName_EvenWhereAnyHostIsThePrimary()
    {
        await using var edge = await StartAsync(Header, build: builder => builder.AnyHostIsTheOnlyDistribution = true);

        Assert.Equal("staging", (await edge.AskAsync("GET / HTTP/1.1\r\nHost: localhost\r\naws-cf-cd-staging: Yes\r\n\r\n")).Text);
        Assert.Equal(403, (await edge.AskAsync($"GET / HTTP/1.1\r\nHost: {StagingName}\r\n\r\n")).Status);
    }

    [Fact]
    public async Task PolicyOrStagingDistributionThatIsNotEnabled_SendsNothing()
    {
        await using var noPolicy = await StartAsync(Header, isEnabled: false);
        await using var noStaging = await StartAsync(Header, staging: staging => staging with { Enabled = false });

        Assert.Equal("primary", (await AskAsync(noPolicy, "aws-cf-cd-staging: Yes\r\n")).Text);
        Assert.Equal("primary", (await AskAsync(noStaging, "aws-cf-cd-staging: Yes\r\n")).Text);
    }

    [Fact]
    public async Task Connection_IsThePrimarys()
    {
        // By HttpVersion of the staging distribution this request would be told to come over HTTP/1.1.
        await using var edge = await StartAsync(Header, staging: staging => staging with { AllowsHttp2 = false });
        using var client = new HttpClient();

        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{edge.Port}/")
        {
            Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { Host = Name },
        };
        request.Headers.Add("aws-cf-cd-staging", "Yes");
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("staging", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Weight_DrawsForEachRequest_TheSameWithTheSameSeed()
    {
        var runs = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            await using var edge = await StartAsync(new TrafficConfig.SingleWeight(150_000, null), seed: 3);
            using var viewer = await RawViewer.ConnectAsync(edge.Port);
            var seen = new List<char>();
            for (var i = 0; i < 200; i++)
            {
                await viewer.SendAsync($"GET / HTTP/1.1\r\nHost: {Name}\r\n\r\n");
                var answer = await viewer.ReceiveAsync();
                Assert.Null(answer["Set-Cookie"]);
                seen.Add(answer.Text[0]);
            }
            runs.Add(string.Concat(seen));
        }

        Assert.Equal(runs[0], runs[1]);
        Assert.InRange(runs[0].Count(c => c == 's'), 15, 45); // 30, three standard deviations of 5.05 on either side
    }

    [Fact]
    public async Task Draws_AreNotThoseOfServerTiming()
    {
        var timing = new ResponseHeadersPolicy { Id = "t", Name = "t", ServerTiming = new ServerTimingSampling(150_000) };
        await using var edge = await StartAsync(
            new TrafficConfig.SingleWeight(150_000, null),
            primary: primary => primary with { DefaultCacheBehavior = primary.DefaultCacheBehavior with { ResponseHeadersPolicy = timing } },
            staging: staging => staging with { DefaultCacheBehavior = staging.DefaultCacheBehavior with { ResponseHeadersPolicy = timing } });
        var both = 0;
        for (var i = 0; i < 400; i++)
        {
            var answer = await AskAsync(edge);
            both += answer.Text == "staging" && answer["Server-Timing"] is not null ? 1 : 0;
        }

        Assert.InRange(both, 0, 24); // 9 by chance, five standard deviations of 3; 60 if they were the same
    }

    [Fact]
    public async Task TwoThousandViewers_AreSharedOutByWeight_AndEachStays()
    {
        const int viewers = 2000, requests = 3;
        await using var edge = await StartAsync(Sticky, seed: 42);
        var served = new string?[viewers];
        var jars = new string[viewers];

        for (var round = 0; round < requests; round++)
        {
            using var connection = await RawViewer.ConnectAsync(edge.Port); // of a proxy: the cookie tells viewers apart, not the connection
            for (var viewer = 0; viewer < viewers; viewer++)
            {
                await connection.SendAsync($"GET /{viewer} HTTP/1.1\r\nHost: {Name}\r\n{(jars[viewer] is { } jar ? $"Cookie: {jar}\r\n" : "")}\r\n");
                var answer = await connection.ReceiveAsync();
                Assert.Equal(served[viewer] ??= answer.Text, answer.Text);
                jars[viewer] = answer["Set-Cookie"]!.Split(';')[0];
            }
            _time.Advance(TimeSpan.FromSeconds(299));
        }

        // 300, and four standard deviations of 16 on either side.
        Assert.InRange(served.Count(text => text == "staging"), 236, 364);
    }

    [Fact]
    public async Task Session_EndsWhenIdle_AndAtItsMaximum()
    {
        await using var edge = await StartAsync(Sticky);
        var (text, cookie, attributes) = await AskWithCookieAsync(edge, null);
        Assert.Equal("Path=/; Max-Age=300; HttpOnly", attributes);

        // Kept alive, it lasts a thousand seconds; the cookie never longer.
        foreach (var (at, age) in new[] { (290, 300), (580, 300), (870, 130) })
        {
            _time.Advance(TimeSpan.FromSeconds(290));
            (var next, cookie, attributes) = await AskWithCookieAsync(edge, cookie);
            Assert.Equal((text, $"Path=/; Max-Age={age}; HttpOnly"), (next, attributes));
        }
        var last = cookie;
        _time.Advance(TimeSpan.FromSeconds(130));
        Assert.Equal("Path=/; Max-Age=300; HttpOnly", (await AskWithCookieAsync(edge, last)).Attributes); // another session

        // The cookie is sent anew only when it says something new.
        (_, cookie, _) = await AskWithCookieAsync(edge, null);
        Assert.Null((await AskAsync(edge, $"Cookie: {cookie}\r\n"))["Set-Cookie"]);
    }

    [Fact]
    public async Task ForgedSession_IsNone()
    {
        await using var edge = await StartAsync(new TrafficConfig.SingleWeight(0, ((TrafficConfig.SingleWeight)Sticky).Stickiness));
        var stranger = new StickySession(true, _time.GetUtcNow().ToUnixTimeSeconds(), _time.GetUtcNow().ToUnixTimeSeconds());

        var answer = await AskAsync(edge, $"Cookie: {Cookie}={stranger.Write(new byte[StickySession.KeyBytes])}\r\n");

        Assert.Equal("primary", answer.Text);
        Assert.NotNull(answer["Set-Cookie"]);
    }

    [Fact]
    public async Task SessionCookie_IsTheEdgesOwn()
    {
        // Neither the key nor the origin has it, and what is cached has no Set-Cookie of it.
        var cookies = new CachePolicy { Id = "c", Name = "c", MinTtl = TimeSpan.Zero, DefaultTtl = TimeSpan.FromDays(1), MaxTtl = TimeSpan.FromDays(1), Cookies = ItemSet.All };
        await using var edge = await StartAsync(new TrafficConfig.SingleWeight(0, ((TrafficConfig.SingleWeight)Sticky).Stickiness), policy: cookies);
        var (_, cookie, _) = await AskWithCookieAsync(edge, null);
        _time.Advance(TimeSpan.FromSeconds(1));

        var answer = await AskAsync(edge, $"Cookie: {cookie}\r\n");
        var mixed = await AskAsync(edge, $"Cookie: a=1; {cookie}\r\n");

        Assert.Equal("Hit from cloudfront", answer["X-Cache"]);
        Assert.Equal("Miss from cloudfront", mixed["X-Cache"]);
        Assert.Equal("a=1", _primary.Requests[^1]["Cookie"]);
        Assert.Single(answer.Headers, field => field.Name == "Set-Cookie");
    }

    [Fact]
    public async Task ErrorPage_KeepsTheSession()
    {
        _primary.Script(conversation => conversation.SayAsync(conversation.Request.Target == "/404.html"
            ? "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage"
            : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
        Distribution WithPage(Distribution distribution) => distribution with
        {
            CustomErrorPages = ImmutableDictionary<int, CustomErrorPage>.Empty.Add(404, new CustomErrorPage(404, "/404.html", 404)),
        };
        var all = new CachePolicy { Id = "c", Name = "c", MinTtl = TimeSpan.Zero, DefaultTtl = TimeSpan.Zero, MaxTtl = TimeSpan.Zero };
        await using var edge = await StartAsync(
            new TrafficConfig.SingleWeight(0, ((TrafficConfig.SingleWeight)Sticky).Stickiness), policy: all, primary: WithPage);

        var (text, cookie, _) = await AskWithCookieAsync(edge, null);
        Assert.Equal("page", text);
        await AskAsync(edge, $"Cookie: a=1; {cookie}\r\n");

        Assert.All(_primary.Requests, request => Assert.DoesNotContain(Cookie, request["Cookie"] ?? "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NextSnapshot_KeepsSessions_UnlessPolicyOrStickinessWasOff()
    {
        var (policy, state) = (Policy(Sticky), new EdgeState());
        state.Swap(Snapshot(policy, null));
        await using var edge = await StartAsync(Sticky);
        edge.State.Swap(state.Current);
        var (text, cookie, _) = await AskWithCookieAsync(edge, null);

        async Task<bool> IsKnownAsync() => (await AskAsync(edge, $"Cookie: {cookie}\r\n"))["Set-Cookie"] is null;
        void Next(ContinuousDeploymentPolicy next) => edge.State.Swap(Snapshot(next, edge.State.Current));

        Next(Policy(new TrafficConfig.SingleWeight(10_000, ((TrafficConfig.SingleWeight)Sticky).Stickiness)));
        Assert.True(await IsKnownAsync());
        Assert.Equal(text, (await AskAsync(edge, $"Cookie: {cookie}\r\n")).Text);

        Next(policy with { Enabled = false });
        Next(policy);
        Assert.False(await IsKnownAsync());

        (_, cookie, _) = await AskWithCookieAsync(edge, null);
        Next(Policy(new TrafficConfig.SingleWeight(150_000, null)));
        Next(policy);
        Assert.False(await IsKnownAsync());
    }

    [Theory]
    [InlineData("missing", "the continuous deployment policy P1 names the staging distribution d999.cloudfront.net, and no distribution has that domain name")]
    [InlineData("not staging", "the continuous deployment policy P1 names d222222abcdef8.cloudfront.net, which is no staging distribution: its Staging is not true")]
    [InlineData("unnamed", "this is a staging distribution, d222222abcdef8.cloudfront.net, and no continuous deployment policy of another distribution names it")]
    public void WhatCannotBeJoined_IsNamed(string what, string mistake)
    {
        var builder = new SnapshotBuilder();
        builder.Add(Primary() with { ContinuousDeploymentPolicy = what == "unnamed" ? null : Policy(Header) with { StagingDistributionDnsName = what == "missing" ? "d999.cloudfront.net" : StagingName } });
        if (what != "missing")
            builder.Add(Staging() with { Staging = what == "unnamed" });

        builder.Build();

        Assert.StartsWith(mistake, Assert.Single(builder.DeploymentMistakes).Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _primary.DisposeAsync();
        await _staging.DisposeAsync();
    }

    private static Task<RawResponse> AskAsync(TestEdge edge, string headers = "") => edge.AskAsync($"GET /a HTTP/1.1\r\nHost: {Name}\r\n{headers}\r\n");

    private static async Task<(string Text, string Cookie, string Attributes)> AskWithCookieAsync(TestEdge edge, string? cookie)
    {
        var answer = await AskAsync(edge, cookie is null ? "" : $"Cookie: {cookie}\r\n");
        var parts = answer["Set-Cookie"]!.Split("; ", 2);
        return (answer.Text, parts[0], parts[1]);
    }

    private static ContinuousDeploymentPolicy Policy(TrafficConfig traffic) => new("P1", StagingName, true, traffic);

    private Distribution Primary(CachePolicy? policy = null) => new()
    {
        Id = "EPRIMARY", DomainName = "d111111abcdef8.cloudfront.net", Aliases = [Name], Origins = [TestEdge.To(_primary)],
        DefaultCacheBehavior = new CacheBehavior { TargetOriginId = "origin", CachePolicy = policy ?? TestEdge.CachingDisabled },
    };

    private Distribution Staging(CachePolicy? policy = null) => Primary(policy) with
    {
        Id = "ESTAGING", DomainName = StagingName, Aliases = ["staging.example.test"], Origins = [TestEdge.To(_staging)], Staging = true,
    };

    private EdgeSnapshot Snapshot(
        ContinuousDeploymentPolicy policy, EdgeSnapshot? before, CachePolicy? cachePolicy = null, Func<Distribution, Distribution>? primary = null,
        Func<Distribution, Distribution>? staging = null, Action<SnapshotBuilder>? build = null)
    {
        var builder = new SnapshotBuilder { Before = before };
        build?.Invoke(builder);
        Assert.Empty(builder.Add((primary?.Invoke(Primary(cachePolicy)) ?? Primary(cachePolicy)) with { ContinuousDeploymentPolicy = policy }));
        Assert.Empty(builder.Add(staging?.Invoke(Staging(cachePolicy)) ?? Staging(cachePolicy)));
        var snapshot = builder.Build();
        Assert.Empty(builder.DeploymentMistakes);
        return snapshot;
    }

    private Task<TestEdge> StartAsync(
        TrafficConfig traffic, CachePolicy? policy = null, bool isEnabled = true, long seed = 0, Func<Distribution, Distribution>? primary = null,
        Func<Distribution, Distribution>? staging = null, Action<SnapshotBuilder>? build = null) =>
        TestEdge.StartAsync(
            TestEdge.To(_primary), options: options => options with { SamplingSeed = seed }, time: _time,
            snapshot: _ => Snapshot(Policy(traffic) with { Enabled = isEnabled }, null, policy, primary, staging, build));
}
