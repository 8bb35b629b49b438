using System.Net;
using Brink.Distributions;
using Brink.Functions;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>Response headers policies on every kind of answer (distribution spec 2.7; 1.1, stage 19).</summary>
public sealed class ResponseHeadersPolicyTests
{
    private const string Page = "https://page.example";

    private static readonly string[] Security =
        ["X-XSS-Protection", "X-Frame-Options", "Referrer-Policy", "X-Content-Type-Options", "Strict-Transport-Security"];

    // ---------------------------------------------------------------- removing and adding

    [Theory]
    // what the origin sends, what the policy removes, what it adds (! overrides), what the viewer gets
    [InlineData("X-A: origin", "", "X-A: policy", "origin")]
    [InlineData("X-A: origin", "", "X-A!: policy", "policy")]
    [InlineData("", "", "X-A: policy", "policy")]
    [InlineData("", "", "X-A!: policy", "policy")]
    [InlineData("X-A: origin", "X-A", "", "")]
    [InlineData("X-A: origin", "x-a", "X-A: policy", "policy")]
    [InlineData("X-A: origin", "X-A", "X-A!: policy", "policy")]
    [InlineData("x-a: one|X-A: two", "", "X-A!: policy", "policy")]
    [InlineData("x-a: one|X-A: two", "", "X-A: policy", "one|two")]
    [InlineData("x-a: one|X-A: two", "X-A", "", "")]
    [InlineData("X-A: origin", "", "X-A!:", "(empty)")]
    [InlineData("X-B: origin", "X-B", "X-A!:", "(empty)")]
    [InlineData("X-A: origin", "X-B", "X-C: policy", "origin")]
    public async Task Field_IsRemovedThenAdded(string origins, string removed, string added, string seen)
    {
        var policy = Policy(custom: added, removed: removed);
        foreach (var lane in Lanes)
        {
            await using var origin = new ScriptedOrigin().Reply(Answer(origins.Split('|', StringSplitOptions.RemoveEmptyEntries)));
            await using var edge = await StartAsync(origin, policy);

            var answer = await lane.AskAsync(edge, "GET", []);

            Assert.Equal(seen, string.Join('|', answer.Where(field => field.Is("X-A")).Select(field => field.Value.Length == 0 ? "(empty)" : field.Value)));
        }
    }

    [Fact]
    public async Task RemovedServerAndDate_BecomeTheEdgesOwn()
    {
        await using var origin = new ScriptedOrigin().Reply(Answer("Server: nginx", "Date: Mon, 01 Jan 2024 00:00:00 GMT"));
        await using var edge = await StartAsync(origin, Policy(removed: "Server|Date"));

        foreach (var lane in Lanes)
        {
            var answer = await lane.AskAsync(edge, "GET", []);
            Assert.Equal(["CloudFront"], answer.All("Server"));
            Assert.DoesNotContain("Mon, 01 Jan 2024 00:00:00 GMT", Assert.Single(answer.All("Date")));
        }
    }

    [Theory]
    [InlineData("", "Server: mine", "mine")]
    [InlineData("", "Server!:", "(empty)")]
    [InlineData("Server: nginx", "Server: mine", "nginx")]
    [InlineData("Server: nginx", "Server!: mine", "mine")]
    public async Task ServerOfThePolicy_TakesTheEdgesPlace(string origins, string added, string seen)
    {
        await using var origin = new ScriptedOrigin().Reply(Answer(origins.Split('|', StringSplitOptions.RemoveEmptyEntries)));
        await using var edge = await StartAsync(origin, Policy(custom: added));

        foreach (var lane in Lanes)
            Assert.Equal([seen], (await lane.AskAsync(edge, "GET", [])).All("Server").Select(value => value.Length == 0 ? "(empty)" : value));
    }

    [Fact]
    public async Task PolicysFields_StandBehindTheStandardOnes()
    {
        await using var origin = new ScriptedOrigin().Reply(Answer());
        await using var edge = await StartAsync(origin, Managed("CORS-and-SecurityHeadersPolicy"));

        var names = (await edge.GetAsync("/")).Headers.Select(field => field.Name).ToList();

        Assert.Equal([.. Security, "Content-Length"], names[(names.IndexOf("X-Amz-Cf-Id") + 1)..].Where(name => name is not ("Vary" or "Date")));
    }

    [Fact]
    public async Task PolicyOfTheNextSnapshot_IsOnTheStoredObject()
    {
        await using var origin = new ScriptedOrigin().Reply(Answer("X-A: origin"));
        await using var edge = await StartAsync(origin, Policy(custom: "X-A!: one"));

        Assert.Equal("one", (await edge.GetAsync("/"))["X-A"]);
        edge.State.Swap(TestEdge.SnapshotOf(TestEdge.To(origin), Behavior(Policy(custom: "X-A!: two"))));
        Assert.Equal("two", (await edge.GetAsync("/"))["X-A"]);
        edge.State.Swap(TestEdge.SnapshotOf(TestEdge.To(origin), Behavior(null)));
        Assert.Equal("origin", (await edge.GetAsync("/"))["X-A"]);
        Assert.Single(origin.Requests);
    }

    // ---------------------------------------------------------------- on every kind of answer

    public static TheoryData<string> Outcomes =>
        ["miss", "hit", "not modified", "HEAD", "origin error", "origin error from the cache", "no origin", "generated", "failed", "invalid", "refused", "redirect", "https-only"];

    [Theory]
    [MemberData(nameof(Outcomes))]
    public async Task Policy_IsOnEveryAnswer(string outcome)
    {
        var policy = Managed("CORS-with-preflight-and-SecurityHeadersPolicy");
        await using var origin = new ScriptedOrigin().Reply(
            outcome.StartsWith("origin error", StringComparison.Ordinal)
                ? "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno"
                : Answer("ETag: \"a\"", "Cache-Control: max-age=60"));
        ScriptedFunction? function = outcome switch
        {
            "generated" => ScriptedFunction.Responding(418),
            "failed" => ScriptedFunction.Failing(FunctionErrorKind.Execution, "no"),
            "invalid" => ScriptedFunction.Failing(FunctionErrorKind.Validation, "no"),
            _ => null,
        };
        var protocol = outcome switch
        {
            "redirect" => ViewerProtocolPolicy.RedirectToHttps,
            "https-only" => ViewerProtocolPolicy.HttpsOnly,
            _ => ViewerProtocolPolicy.AllowAll,
        };
        var target = outcome == "no origin" ? TestEdge.ToPort(1) with { ConnectionAttempts = 1 } : TestEdge.To(origin);
        await using var edge = await TestEdge.StartAsync(
            target,
            behavior => Behavior(policy)(behavior) with { ViewerProtocolPolicy = protocol, AllowedMethods = outcome == "refused" ? AllowedMethods.GetHead : AllowedMethods.All },
            viewerRequest: function);
        var status = outcome switch
        {
            "not modified" => 304, "origin error" or "origin error from the cache" => 404, "no origin" => 502, "generated" => 418, "failed" => 503, "invalid" => 502,
            "refused" or "https-only" => 403, "redirect" => 301, _ => 200,
        };
        if (outcome is "hit" or "not modified" or "origin error from the cache")
            await edge.GetAsync("/");

        foreach (var lane in Lanes)
        {
            var method = outcome switch { "HEAD" => "HEAD", "refused" => "DELETE", _ => "GET" };
            List<Field> headers = [new("Origin", Page)];
            if (outcome == "not modified")
                headers.Add(new Field("If-None-Match", "\"a\""));
            var answer = await lane.AskAsync(edge, method, headers);

            Assert.Equal(status, answer.Status);
            Assert.Equal(["1; mode=block"], answer.All("X-XSS-Protection"));
            Assert.Equal(["SAMEORIGIN"], answer.All("X-Frame-Options"));
            Assert.Equal(["strict-origin-when-cross-origin"], answer.All("Referrer-Policy"));
            Assert.Equal(["nosniff"], answer.All("X-Content-Type-Options"));
            Assert.Equal(["max-age=31536000"], answer.All("Strict-Transport-Security"));
            Assert.Equal(["*"], answer.All("Access-Control-Allow-Origin"));
            Assert.Equal(["*"], answer.All("Access-Control-Expose-Headers"));
            Assert.Empty(answer.All("Access-Control-Allow-Methods"));
        }
    }

    [Fact]
    public async Task RequestOfNoBehavior_HasNoPolicy()
    {
        await using var origin = new ScriptedOrigin().Reply(Answer());
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), Behavior(Managed("SecurityHeadersPolicy")), snapshot: snapshot => new() { Distributions = snapshot.Distributions });

        Assert.Null((await edge.GetAsync("/"))["X-Frame-Options"]);
        Assert.Null((await edge.AskAsync("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"))["X-Frame-Options"]);
    }

    [Fact]
    public async Task ViewerResponse_RunsBefore()
    {
        var seen = new List<string?>();
        await using var origin = new ScriptedOrigin().Reply(Answer("X-Frame-Options: DENY"));
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), Behavior(Managed("SecurityHeadersPolicy")),
            viewerResponse: ScriptedFunction.Editing(e =>
            {
                seen.Add(e.Response!.Headers.Get("Referrer-Policy"));
                e.Response.Headers.Remove("X-Frame-Options");
                e.Response.Headers.Set("Referrer-Policy", "origin");
            }));

        var answer = await edge.GetAsync("/");

        Assert.Equal([null], seen);
        Assert.Equal("SAMEORIGIN", answer["X-Frame-Options"]);
        Assert.Equal(["origin"], answer.All("Referrer-Policy"));
    }

    // ---------------------------------------------------------------- CORS

    public static TheoryData<string, string, string, string, string> CorsRows => new()
    {
        // policy, method and request fields, fields of the origin, CORS fields that the viewer gets, Vary
        { "any", "GET", "", "", "Origin" },
        { "any", "GET Origin: https://page.example", "", "Allow-Origin: *", "" },
        { "any", "GET Origin: null", "", "Allow-Origin: *", "" },
        { "any", "OPTIONS Origin: https://page.example", "", "Allow-Origin: *", "" },
        { "any", "GET Origin: https://page.example|Access-Control-Request-Method: PUT", "", "Allow-Origin: *", "" },
        { "any", "GET", "Access-Control-Allow-Origin: https://x.example", "Allow-Origin: https://x.example", "Origin" },
        { "any", "GET Origin: https://page.example", "Access-Control-Allow-Origin: https://x.example", "Allow-Origin: https://x.example", "Origin" },
        { "any", "GET", "Vary: Accept-Encoding", "", "Accept-Encoding, Origin" },
        { "any", "GET Origin: https://page.example", "Vary: Accept-Encoding", "Allow-Origin: *", "Accept-Encoding" },
        { "list", "GET Origin: https://page.example", "", "Allow-Origin: https://page.example|Allow-Credentials: true|Expose-Headers: ETag", "Origin" },
        { "list", "GET Origin: https://a.sub.example", "", "Allow-Origin: https://a.sub.example|Allow-Credentials: true|Expose-Headers: ETag", "Origin" },
        { "list", "GET Origin: https://other.example", "", "", "Origin" },
        { "list", "GET Origin: null", "", "", "Origin" },
        { "list", "GET", "", "", "Origin" },
        {
            "list", "OPTIONS Origin: https://page.example|Access-Control-Request-Method: PUT", "",
            "Allow-Origin: https://page.example|Allow-Credentials: true|Expose-Headers: ETag|Allow-Methods: GET, PUT|Allow-Headers: X-A, X-B|Max-Age: 600", "Origin"
        },
        { "list", "OPTIONS Origin: https://other.example|Access-Control-Request-Method: PUT", "", "", "Origin" },
        { "list", "OPTIONS Access-Control-Request-Method: PUT", "", "", "Origin" },
        // Without OriginOverride any CORS field of the origin keeps the policy's away.
        { "list", "GET Origin: https://page.example", "Access-Control-Max-Age: 5", "Max-Age: 5", "Origin" },
        { "list", "GET Origin: https://page.example", "Access-Control-Allow-Origin: *", "Allow-Origin: *", "Origin" },
        // With it the fields of the policy replace the origin's, and others stay.
        { "override", "GET Origin: https://page.example", "Access-Control-Allow-Origin: *", "Allow-Origin: https://page.example", "Origin" },
        { "override", "GET Origin: https://page.example", "Access-Control-Max-Age: 5", "Allow-Origin: https://page.example|Max-Age: 5", "Origin" },
        { "override", "GET Origin: https://other.example", "Access-Control-Allow-Origin: *", "", "Origin" },
        { "override", "GET", "Access-Control-Allow-Origin: *", "Allow-Origin: *", "Origin" },
        { "pattern", "OPTIONS Origin: https://page.example|Access-Control-Request-Method: PUT|Access-Control-Request-Headers: x-api-key, x-other", "", "Allow-Origin: *|Allow-Methods: GET|Allow-Headers: X-A, x-api-key", "" },
        { "pattern", "OPTIONS Origin: https://page.example|Access-Control-Request-Method: PUT", "", "Allow-Origin: *|Allow-Methods: GET|Allow-Headers: X-A", "" },
    };

    [Theory]
    [MemberData(nameof(CorsRows))]
    public async Task CorsFields_AreAddedWhereTheRequestIsOne(string policy, string request, string origins, string seen, string varies)
    {
        var (method, fields) = (request.Split(' ')[0], request.Contains(' ', StringComparison.Ordinal) ? request[(request.IndexOf(' ') + 1)..] : "");
        await using var origin = new ScriptedOrigin().Reply(Answer(origins.Split('|', StringSplitOptions.RemoveEmptyEntries)));
        await using var edge = await StartAsync(origin, CorsPolicies[policy]);

        foreach (var lane in Lanes)
        {
            var answer = await lane.AskAsync(edge, method, [.. fields.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(Field.Parse)]);

            const string prefix = "Access-Control-";
            Assert.Equal(
                seen.Split('|', StringSplitOptions.RemoveEmptyEntries).Order(),
                answer.Where(field => field.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                    .Select(field => $"{Capitals(field.Name[prefix.Length..])}: {field.Value}").Order());
            Assert.Equal(varies, string.Join(", ", answer.All("Vary")));
        }
    }

    [Fact]
    public async Task VaryOfTheOrigin_NamesOriginOnce()
    {
        await using var origin = new ScriptedOrigin().Reply(Answer("Vary: Accept-Encoding, origin"));
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => Behavior(Managed("SimpleCORS"))(behavior) with { OriginRequestPolicy = ManagedPolicies.FindOriginRequestPolicy("CORS-CustomOrigin") });

        Assert.Equal(["Accept-Encoding, origin"], (await edge.GetAsync("/")).All("Vary"));
    }

    [Fact]
    public async Task StoredObject_IsServedToEachOriginWithItsOwnFields()
    {
        await using var origin = new ScriptedOrigin().Reply(Answer());
        await using var edge = await StartAsync(origin, CorsPolicies["list"]);

        Assert.Null((await edge.GetAsync("/"))["Access-Control-Allow-Origin"]);
        foreach (var page in new[] { Page, "https://a.sub.example" })
        {
            var answer = await edge.AskAsync($"GET / HTTP/1.1\r\nHost: test\r\nOrigin: {page}\r\n\r\n");
            Assert.Equal(("Hit from cloudfront", page), (answer["X-Cache"], answer["Access-Control-Allow-Origin"]));
        }
        Assert.Single(origin.Requests);
    }

    // ---------------------------------------------------------------- Server-Timing

    private const string Id = "[A-Za-z0-9_-]{54}==", Behind = $"cdn-pop;desc=\"[A-Z0-9]+-[CP]\\d+\",cdn-rid;desc=\"{Id}\"", Ms = "dur=\\d+";

    private const string MissText = $"^cdn-upstream-layer;desc=\"EDGE\",cdn-upstream-dns;dur=0,cdn-upstream-connect;{Ms},cdn-upstream-fbl;{Ms},cdn-cache-miss,{Behind},cdn-downstream-fbl;{Ms}";

    private const string HitText = $"^cdn-cache-hit,{Behind},cdn-hit-layer;desc=\"EDGE\",cdn-downstream-fbl;{Ms}$";

    [Fact]
    public async Task ServerTiming_TellsAMissFromAHit()
    {
        await using var origin = new ScriptedOrigin().Reply(Answer("Server-Timing: db;dur=53", "Server-Timing: app;dur=47.2"));
        await using var edge = await StartAsync(origin, Timing(100));

        foreach (var lane in Lanes)
        {
            edge.State.Swap(TestEdge.SnapshotOf(TestEdge.To(origin), Behavior(Timing(100)), distribution: one => one with { Id = "E" + lane.Name.ToUpperInvariant() }));
            var miss = await lane.AskAsync(edge, "GET", []);
            var hit = await lane.AskAsync(edge, "GET", []);

            var text = Assert.Single(miss.All("Server-Timing"));
            Assert.Matches(MissText + ",db;dur=53,app;dur=47\\.2$", text);
            Assert.Contains(Assert.Single(miss.All("X-Amz-Cf-Id")), text);
            Assert.Contains(Assert.Single(miss.All("X-Amz-Cf-Pop")), text);
            Assert.Matches(HitText, Assert.Single(hit.All("Server-Timing")));
        }
    }

    [Fact]
    public async Task ServerTiming_OfARefresh()
    {
        await using var origin = new ScriptedOrigin().Script(conversation => conversation.SayAsync(
            conversation.Request["If-None-Match"] is null
                ? Answer("ETag: \"a\"", "Cache-Control: max-age=0", "Server-Timing: db;dur=1")
                : "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"));
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => Behavior(Timing(100))(behavior) with { CachePolicy = Caching with { MinTtl = TimeSpan.Zero } });

        await edge.GetAsync("/");
        var refreshed = await edge.GetAsync("/");

        Assert.Equal("RefreshHit from cloudfront", refreshed["X-Cache"]);
        Assert.Matches($"^cdn-upstream-dns;dur=0,cdn-upstream-connect;dur=0,cdn-upstream-fbl;{Ms},cdn-cache-refresh,{Behind},cdn-downstream-fbl;{Ms}$", refreshed["Server-Timing"]!);
    }

    [Fact]
    public async Task ServerTiming_OfAnswersThatNoCacheWasAskedFor()
    {
        await using var origin = new ScriptedOrigin().Reply(Answer());
        await using var generated = await TestEdge.StartAsync(TestEdge.To(origin), Behavior(Timing(100)), ScriptedFunction.Responding(418));
        await using var redirected = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => Behavior(Timing(100))(behavior) with { ViewerProtocolPolicy = ViewerProtocolPolicy.RedirectToHttps });

        foreach (var edge in new[] { generated, redirected })
            Assert.Matches($"^{Behind},cdn-downstream-fbl;{Ms}$", (await edge.GetAsync("/"))["Server-Timing"]!);
    }

    [Fact]
    public async Task ServerTiming_OfAnOriginThatCannotBeReached()
    {
        await using var edge = await TestEdge.StartAsync(TestEdge.ToPort(1) with { ConnectionAttempts = 1 }, Behavior(Timing(100)));

        var answer = await edge.GetAsync("/");

        Assert.Equal(502, answer.Status);
        Assert.Matches($"^cdn-upstream-layer;desc=\"EDGE\",cdn-cache-miss,{Behind},cdn-downstream-fbl;{Ms}$", answer["Server-Timing"]!);
    }

    [Fact]
    public async Task ServerTiming_OfABody_HasNoTimeOfTheOriginsFirstByte()
    {
        await using var origin = new ScriptedOrigin().Reply(Answer());
        await using var edge = await StartAsync(origin, Timing(100));

        var answer = await edge.AskAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx");

        Assert.Matches($"^cdn-upstream-layer;desc=\"EDGE\",cdn-upstream-dns;dur=0,cdn-upstream-connect;{Ms},cdn-cache-miss,{Behind},cdn-downstream-fbl;{Ms}$", answer["Server-Timing"]!);
    }

    [Theory]
    [InlineData(0, "", false)]
    [InlineData(0, "Pragma: server-timing\r\n", true)]
    [InlineData(0, "Pragma: no-cache, Server-Timing\r\n", true)]
    [InlineData(0, "Pragma: no-cache\r\nPragma: server-timing\r\n", true)]
    [InlineData(0, "Pragma: no-cache\r\n", false)]
    [InlineData(0, "Pragma: server-timings\r\n", false)]
    [InlineData(100, "", true)]
    [InlineData(null, "Pragma: server-timing\r\n", false)]
    public async Task ServerTiming_IsSentByRateOrOnDemand(int? rate, string fields, bool isSent)
    {
        await using var origin = new ScriptedOrigin().Reply(Answer());
        await using var edge = await StartAsync(origin, rate is { } percent ? Timing(percent) : Policy());

        for (var i = 0; i < 3; i++)
        {
            var answer = await edge.AskAsync($"GET / HTTP/1.1\r\nHost: test\r\n{fields}\r\n");
            Assert.Equal(isSent ? 1 : 0, answer.All("Server-Timing").Count());
        }
    }

    [Fact]
    public async Task ServerTimingThatIsNotSampled_LeavesTheOriginsAlone()
    {
        await using var origin = new ScriptedOrigin().Reply(Answer("Server-Timing: db;dur=53"));
        await using var edge = await StartAsync(origin, Timing(0));

        Assert.Equal(["db;dur=53"], (await edge.GetAsync("/")).All("Server-Timing"));
        Assert.Equal(["db;dur=53"], (await edge.GetAsync("/")).All("Server-Timing"));
    }

    [Fact]
    public async Task SamplingRate_IsTheShareOfResponses_TheSameForOneSeed()
    {
        var runs = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            await using var origin = new ScriptedOrigin().Reply(Answer());
            await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), Behavior(Timing(50)), options: options => options with { SamplingSeed = 7 });
            using var viewer = await RawViewer.ConnectAsync(edge.Port);
            var sampled = "";
            for (var i = 0; i < 64; i++)
            {
                await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
                sampled += (await viewer.ReceiveAsync())["Server-Timing"] is null ? "." : "x";
            }
            runs.Add(sampled);
        }

        Assert.InRange(runs[0].Count(c => c == 'x'), 20, 44);
        Assert.Equal(runs[0], runs[1]);
    }

    // ---------------------------------------------------------------- the kit

    private static readonly CachePolicy Caching = ManagedPolicies.FindCachePolicy("CachingOptimized")!;

    private static readonly Dictionary<string, ResponseHeadersPolicy> CorsPolicies = new(StringComparer.Ordinal)
    {
        ["any"] = Managed("SimpleCORS"),
        ["list"] = Policy() with
        {
            Cors = new([Allowed(Page), Allowed("https://*.sub.example")], ["GET", "PUT"], ["X-A", "X-B"], ["ETag"]) { AllowsCredentials = true, MaxAge = "600" },
        },
        ["override"] = Policy() with { Cors = new([Allowed(Page)], [], [], []) { Override = true } },
        ["pattern"] = Policy() with { Cors = new([AllowedOrigin.Any], ["GET"], ["X-A", "X-Api-*"], []) },
    };

    private static readonly Lane[] Lanes =
    [
        new("ordinary", (edge, method, fields) => RawAsync(edge, method, fields)),
        new("kestrel", (edge, method, fields) => RawAsync(edge, method, [.. fields, new Field("Connection", "close")])),
        new("http2", Http2Async),
    ];

    private static string Answer(params string[] fields) => $"HTTP/1.1 200 OK\r\n{string.Concat(fields.Select(field => field + "\r\n"))}Content-Length: 2\r\n\r\nok";

    private static ResponseHeadersPolicy Managed(string name) => ManagedPolicies.FindResponseHeadersPolicy(name)!;

    private static ResponseHeadersPolicy Timing(int percent) => Policy() with { ServerTiming = new ServerTimingSampling(percent * 10_000) };

    /// <summary>A policy of these headers, <c>|</c> between two; a name with an exclamation mark overrides.</summary>
    private static ResponseHeadersPolicy Policy(string custom = "", string removed = "") => new()
    {
        Id = "mine",
        Name = "mine",
        AddedHeaders =
        [
            .. custom.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(Field.Parse)
                .Select(field => new AddedHeader(field.Name.TrimEnd('!'), field.Value, field.Name.EndsWith('!'))),
        ],
        RemovedHeaders = [.. removed.Split('|', StringSplitOptions.RemoveEmptyEntries)],
    };

    private static AllowedOrigin Allowed(string text) => AllowedOrigin.TryParse(text, out var origin, out _) ? origin : throw new ArgumentException(text);

    private static Func<CacheBehavior, CacheBehavior> Behavior(ResponseHeadersPolicy? policy) =>
        behavior => behavior with { CachePolicy = Caching, OriginRequestPolicy = null, ResponseHeadersPolicy = policy };

    private static Task<TestEdge> StartAsync(ScriptedOrigin origin, ResponseHeadersPolicy policy) => TestEdge.StartAsync(TestEdge.To(origin), Behavior(policy));

    private static async Task<Fields> RawAsync(TestEdge edge, string method, IReadOnlyList<Field> fields)
    {
        var text = string.Concat(fields.Select(field => $"{field.Name}: {field.Value}\r\n"));
        var answer = await edge.AskAsync($"{method} / HTTP/1.1\r\nHost: test\r\n{text}\r\n", method == "HEAD");
        return [.. answer.Headers.Select(field => new Field(field.Name, field.Value)), new Field(":status", $"{answer.Status}")];
    }

    private static async Task<Fields> Http2Async(TestEdge edge, string method, IReadOnlyList<Field> fields)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(new HttpMethod(method), $"http://127.0.0.1:{edge.Port}/")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        foreach (var field in fields)
            request.Headers.TryAddWithoutValidation(field.Name, field.Value);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var received = answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated);
        return [.. received.SelectMany(field => field.Value.Select(value => new Field(field.Key, value))), new Field(":status", $"{(int)answer.StatusCode}")];
    }

    /// <summary>As it is written on HTTP/1.1: HTTP/2 has small letters.</summary>
    private static string Capitals(string name) => string.Join('-', name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..].ToLowerInvariant()));

    private sealed record Lane(string Name, Func<TestEdge, string, IReadOnlyList<Field>, Task<Fields>> AskAsync);

    private sealed record Field(string Name, string Value)
    {
        public static Field Parse(string text) => new(text[..text.IndexOf(':')], text[(text.IndexOf(':') + 1)..].Trim());

        public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    private sealed class Fields : List<Field>
    {
        public int Status => int.Parse(All(":status").Single(), System.Globalization.CultureInfo.InvariantCulture);

        public IEnumerable<string> All(string name) => this.Where(field => field.Is(name)).Select(field => field.Value);
    }
}
