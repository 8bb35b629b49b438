using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Functions;
using Brink.Lambda;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>Custom error responses: which errors have a page, how it is asked for, what the viewer gets (distribution spec 1.2, 2.10, 3.12, 3.13).</summary>
public sealed class CustomErrorsTests
{
    private const string NotFound = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nX-From: error\r\n\r\nnone";
    private const string Page = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: text/html\r\nETag: \"p\"\r\nCache-Control: max-age=600\r\n\r\npage";

    private static readonly CachePolicy Optimized = ManagedPolicies.FindCachePolicy("CachingOptimized")!;

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(503)]
    public async Task OriginsError_ThePageComesWithItsResponseCode_AndTellsOfAnError(int responseCode)
    {
        await using var site = await Site.StartAsync([new(404, "/pages/404.html", responseCode)]);

        var answer = await site.Edge.GetAsync("/missing?a=b");
        var entry = await site.Edge.Log.NextAsync();

        Assert.Equal((responseCode, "page", "text/html"), (answer.Status, answer.Text, answer["Content-Type"]));
        Assert.Equal("Error from cloudfront", answer["X-Cache"]);
        Assert.Null(answer["X-From"]);
        Assert.Equal((responseCode, ResultType.Error, "Error", 4L), (entry.StatusCode, entry.ResultType, entry.DetailedResultType, entry.BodyBytes));
        Assert.Equal(("/missing", "a=b", "*", "origin"), (entry.Uri, entry.QueryString, entry.PathPattern, entry.OriginId));
        Assert.Equal((404, "/pages/404.html"), (entry.ErrorPage!.ErrorCode, entry.ErrorPage.Path));
        Assert.Null(entry.ErrorDetail);
        Assert.Equal("GET /pages/404.html HTTP/1.1", Assert.Single(site.Pages.Requests).Line);
        Assert.Equal(answer["X-Amz-Cf-Id"], site.Pages.Requests[0]["X-Amz-Cf-Id"]);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(405)]
    [InlineData(414)]
    [InlineData(416)]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task EachStatus_HasItsOwnPage(int status)
    {
        await using var site = await Site.StartAsync([new(status, "/pages/it.html", 200)]);

        site.Origin.Reply(Error(status));
        var itself = await site.Edge.GetAsync("/a");
        site.Origin.Reply(Error(status == 404 ? 403 : 404));
        var another = await site.Edge.GetAsync("/b");

        Assert.Equal((200, "page"), (itself.Status, itself.Text));
        Assert.Equal((status == 404 ? 403 : 404, "none"), (another.Status, another.Text));
    }

    /// <summary>Two objects: the error by ErrorCachingMinTTL, the page by its own policy and headers.</summary>
    [Fact]
    public async Task ErrorAndPage_AreKeptEachForItsOwnTime()
    {
        var time = new ManualTimeProvider();
        await using var site = await Site.StartAsync([new(404, "/pages/404.html", 200)], caches: true, time: time);

        string[] xCaches = [(await site.Edge.GetAsync("/a"))["X-Cache"]!, (await site.Edge.GetAsync("/a"))["X-Cache"]!, (await site.Edge.GetAsync("/b"))["X-Cache"]!];
        Assert.All(xCaches, text => Assert.Equal("Error from cloudfront", text));
        Assert.Equal((2, 1), (site.Origin.Requests.Count, site.Pages.Requests.Count));

        time.AdvanceSeconds(11);
        Assert.Equal("11", (await site.Edge.GetAsync("/a"))["Age"]);
        Assert.Equal((3, 1), (site.Origin.Requests.Count, site.Pages.Requests.Count));

        // The page by its own name is an object like any other.
        Assert.Equal("Hit from cloudfront", (await site.Edge.GetAsync("/pages/404.html"))["X-Cache"]);
        time.AdvanceSeconds(600);
        await site.Edge.GetAsync("/a");
        Assert.Equal((4, 2), (site.Origin.Requests.Count, site.Pages.Requests.Count));
    }

    /// <summary>The error's body goes to no viewer. The error is stored all the same, even where that body is longer than what came with the head.</summary>
    [Fact]
    public async Task ErrorWithALongBody_IsStored()
    {
        await using var site = await Site.StartAsync([new(404, "/pages/404.html", 200)], caches: true);
        var body = new string('x', 300_000);
        site.Origin.Reply($"HTTP/1.1 404 Not Found\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        foreach (var _ in Enumerable.Range(0, 3))
            Assert.Equal("page", (await site.Edge.GetAsync("/a")).Text);

        Assert.Single(site.Origin.Requests);
    }

    /// <summary>An origin may go on with its error for ever: that holds up no viewer, and is not read for ever.</summary>
    [Fact]
    public async Task ErrorWithoutEnd_ThePageComes_AndTheOriginIsLetGo()
    {
        await using var site = await Site.StartAsync([new(404, "/pages/404.html", 200)], caches: true);
        var letGo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        site.Origin.Script(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
            try
            {
                while (true)
                    await conversation.SayAsync(new string('x', 64 * 1024));
            }
            catch (Exception)
            {
                letGo.TrySetResult();
                throw;
            }
        });

        Assert.Equal("page", (await site.Edge.GetAsync("/a")).Text);
        await letGo.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Head_ThePageIsAskedForAsGet_AndOnlyItsHeadGoesOn()
    {
        await using var site = await Site.StartAsync([new(404, "/pages/404.html", 200)], caches: true);

        var answer = await site.Edge.AskAsync("HEAD /a HTTP/1.1\r\nHost: test\r\n\r\n", head: true);
        var again = await site.Edge.GetAsync("/a");

        Assert.Equal((200, "4", ""), (answer.Status, answer["Content-Length"], answer.Text));
        Assert.Equal("page", again.Text);
        Assert.Equal("GET", Assert.Single(site.Pages.Requests).Method);
        Assert.Equal(["HEAD", "GET"], site.Origin.Requests.Select(request => request.Method));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task OtherMethods_ThePageIsAskedForAsGet_WithoutBody(string method)
    {
        await using var site = await Site.StartAsync([new(404, "/pages/404.html", 200)], ViewerHeaders);

        var answer = await site.Edge.AskAsync($"{method} /a HTTP/1.1\r\nHost: test\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody");

        Assert.Equal((200, "page"), (answer.Status, answer.Text));
        Assert.Equal(method, Assert.Single(site.Origin.Requests).Method);
        var asked = Assert.Single(site.Pages.Requests);
        Assert.Equal(("GET", "", null, null), (asked.Method, asked.Body, asked["Content-Type"], asked["Content-Length"]));
    }

    /// <summary>The viewer's conditions, ranges and query are about the object that failed. What else it sent goes on as the page's behavior says.</summary>
    [Fact]
    public async Task RequestForThePage_HasTheViewersHeaders_WithoutWhatIsAboutAnotherObject()
    {
        await using var site = await Site.StartAsync([new(404, "/pages/404.html", 200)], ViewerHeaders, caches: true);

        var answer = await site.Edge.AskAsync(
            "GET /a?b=c HTTP/1.1\r\nHost: test\r\nX-Own: 1\r\nCookie: c=d\r\nIf-None-Match: \"p\"\r\nIf-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT\r\nRange: bytes=0-0\r\nIf-Range: \"p\"\r\n\r\n");

        Assert.Equal((200, "page"), (answer.Status, answer.Text));
        var asked = Assert.Single(site.Pages.Requests);
        Assert.Equal(("/pages/404.html", "1", "c=d"), (asked.Target, asked["X-Own"], asked["Cookie"]));
        foreach (var name in new[] { "If-None-Match", "If-Modified-Since", "Range", "If-Range" })
            Assert.Null(asked[name]);
    }

    /// <summary>CloudFront-* headers by the lists of the page's behavior, with the edge's values.</summary>
    [Fact]
    public async Task RequestForThePage_HasTheHeadersOfTheEdgeThatItsBehaviorLists()
    {
        var policy = new OriginRequestPolicy { Id = "p", Name = "p", Headers = ItemSet.Whitelist("CloudFront-Viewer-Country", "X-Told") };
        await using var site = await Site.StartAsync(
            [new(404, "/pages/404.html", 200)], behavior => behavior with { OriginRequestPolicy = policy },
            viewerRequest: ScriptedFunction.Editing(e => e.Request.Headers.Set("X-Told", "1")), snapshot: snapshot => new EdgeSnapshot
            {
                Distributions = snapshot.Distributions, AnyHostIsTheOnlyDistribution = true, ViewerCountry = "DE",
            });

        await site.Edge.AskAsync("GET /a HTTP/1.1\r\nHost: test\r\nCloudFront-Viewer-Country: FR\r\n\r\n");

        var asked = Assert.Single(site.Pages.Requests);
        Assert.Equal("DE", asked["CloudFront-Viewer-Country"]);
        // What viewer-request did was for the object that failed.
        Assert.Equal("1", site.Origin.Requests[0]["X-Told"] ?? "1");
        Assert.Null(asked["X-Told"]);
    }

    // ---------------------------------------------------------------- the page does not come

    [Theory]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\ngone", 403, "gone")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", 404, "gone")]
    [InlineData("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\ngone", 500, "gone")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n", 302, "")]
    public async Task PageIsAnErrorItself_TheViewerGetsThat_AndNoFurtherPage(string answered, int status, string text)
    {
        // Each error has a page, that of the page too: one after the other they would go on for ever.
        await using var site = await Site.StartAsync([new(500, "/pages/500.html", 200), new(404, "/pages/404.html", 200), new(403, "/pages/403.html", 200)]);
        site.Origin.Reply(Error(500));
        site.Pages.Reply(answered);

        var answer = await site.Edge.GetAsync("/a");
        var entry = await site.Edge.Log.NextAsync();

        Assert.Equal((status, text, "Error from cloudfront"), (answer.Status, answer.Text, answer["X-Cache"]));
        Assert.Equal("/pages/500.html", Assert.Single(site.Pages.Requests).Target);
        Assert.Equal((status, ResultType.Error, null), (entry.StatusCode, entry.ResultType, entry.ErrorPage));
        Assert.Equal($"the custom error page /pages/500.html for 500 cannot be had: the answer is {status}", entry.ErrorDetail);
    }

    [Fact]
    public async Task OriginOfThePageIsDown_TheViewerGets502()
    {
        await using var site = await Site.StartAsync([new(404, "/pages/404.html", 200), new(502, "/pages/502.html", 200)]);
        await site.StopAsync(site.Pages);

        var answer = await site.Edge.GetAsync("/a");
        var entry = await site.Edge.Log.NextAsync();

        Assert.Equal(502, answer.Status);
        Assert.Contains("CloudFront wasn't able to connect to the origin.", answer.Text);
        Assert.StartsWith("the custom error page /pages/404.html for 404 cannot be had: ", entry.ErrorDetail);
        // The origin that the error is from.
        Assert.Equal("origin", entry.OriginId);
    }

    [Fact]
    public async Task PageForItsOwnError_IsAskedForOnce()
    {
        await using var site = await Site.StartAsync([new(404, "/404.html", 200)], caches: true);

        var missing = await site.Edge.GetAsync("/a");
        var itself = await site.Edge.GetAsync("/404.html");

        Assert.Equal((404, "none", 404, "none"), (missing.Status, missing.Text, itself.Status, itself.Text));
        Assert.Equal(["/a", "/404.html"], site.Origin.Requests.Select(request => request.Target));
    }

    /// <summary>The page is the object that failed: under one key, while the error is still on its way.</summary>
    [Fact]
    public async Task PageIsTheObjectThatFailed_AndItsBodyIsSlow_TheAnswerComes()
    {
        await using var site = await Site.StartAsync([new(404, "/404.html", 200)], caches: true);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        site.Origin.Script(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nno");
            await goOn.Task;
            await conversation.SayAsync("ne");
        });

        var asking = site.Edge.GetAsync("/404.html");
        goOn.SetResult();

        Assert.Equal((404, "none"), ((await asking).Status, (await asking).Text));
    }

    // ---------------------------------------------------------------- which errors

    [Fact]
    public async Task OriginCannotBeReached_HasThePageFor502()
    {
        await using var site = await Site.StartAsync([new(502, "/pages/502.html", 503)]);
        await site.StopAsync(site.Origin);

        var answer = await site.Edge.GetAsync("/a");
        var entry = await site.Edge.Log.NextAsync();

        Assert.Equal((503, "page"), (answer.Status, answer.Text));
        Assert.Equal((503, "OriginConnectError"), (entry.StatusCode, entry.DetailedResultType));
        // The developer is told what happened, and the page stays as it is.
        Assert.NotNull(entry.ErrorDetail);
    }

    [Theory]
    [InlineData("DELETE /a HTTP/1.1\r\nHost: test\r\n\r\n", ViewerProtocolPolicy.AllowAll)]
    [InlineData("PROPFIND /a HTTP/1.1\r\nHost: test\r\n\r\n", ViewerProtocolPolicy.AllowAll)]
    [InlineData("GET /a HTTP/1.1\r\nHost: test\r\nContent-Length: 1\r\n\r\nx", ViewerProtocolPolicy.AllowAll)]
    [InlineData("GET /a HTTP/1.1\r\nHost: test\r\n\r\n", ViewerProtocolPolicy.HttpsOnly)]
    public async Task RefusalOfAGatekeeper_HasThePageFor403(string request, ViewerProtocolPolicy protocols)
    {
        // The page's own behavior would refuse the viewer too. It is the edge that asks for it.
        await using var site = await Site.StartAsync(
            [new(403, "/pages/403.html", 200)], behavior => behavior with { AllowedMethods = AllowedMethods.GetHead, ViewerProtocolPolicy = protocols });

        var answer = await site.Edge.AskAsync(request);
        var entry = await site.Edge.Log.NextAsync();

        Assert.Equal((200, "page", "Error from cloudfront"), (answer.Status, answer.Text, answer["X-Cache"]));
        Assert.Empty(site.Origin.Requests);
        Assert.Equal("GET", Assert.Single(site.Pages.Requests).Method);
        Assert.NotNull(entry.ErrorDetail);
    }

    [Fact]
    public async Task RedirectToHttps_HasNone()
    {
        await using var site = await Site.StartAsync([new(403, "/pages/403.html", 200)], behavior => behavior with { ViewerProtocolPolicy = ViewerProtocolPolicy.RedirectToHttps });

        Assert.Equal(301, (await site.Edge.GetAsync("/a")).Status);
        Assert.Empty(site.Pages.Requests);
    }

    [Theory]
    [InlineData(FunctionErrorKind.Execution, 503)]
    [InlineData(FunctionErrorKind.Validation, 502)]
    public async Task FailureOfACloudFrontFunction_HasNone(FunctionErrorKind kind, int status)
    {
        await using var site = await Site.StartAsync(AllPages(), viewerRequest: ScriptedFunction.Failing(kind, "TypeError"));

        Assert.Equal(status, (await site.Edge.GetAsync("/a")).Status);
        Assert.Empty(site.Pages.Requests);
    }

    [Fact]
    public async Task AnswerOfACloudFrontFunction_HasNone()
    {
        await using var onRequest = await Site.StartAsync(AllPages(), viewerRequest: ScriptedFunction.Responding(404));
        await using var onResponse = await Site.StartAsync(AllPages(), viewerResponse: ScriptedFunction.Editing(e => e.Response!.StatusCode = 404));
        onResponse.Origin.Reply(Page);

        Assert.Equal((404, ""), ((await onRequest.Edge.GetAsync("/a")).Status, (await onRequest.Edge.GetAsync("/a")).Text));
        Assert.Equal((404, "page"), ((await onResponse.Edge.GetAsync("/a")).Status, (await onResponse.Edge.GetAsync("/a")).Text));
        Assert.Empty(onRequest.Pages.Requests);
        Assert.Empty(onResponse.Pages.Requests);
    }

    [Theory]
    [InlineData(LambdaErrorKind.Execution, 503)]
    [InlineData(LambdaErrorKind.LimitExceeded, 503)]
    public async Task FailureOfALambdaFunction_HasNone(LambdaErrorKind kind, int status)
    {
        await using var atViewer = await Site.StartAsync(AllPages(), lambda: new() { ViewerRequest = ScriptedLambda.Failing(kind) });
        await using var atOrigin = await Site.StartAsync(AllPages(), lambda: new() { OriginRequest = ScriptedLambda.Failing(kind) });

        foreach (var site in new[] { atViewer, atOrigin })
        {
            Assert.Equal(status, (await site.Edge.GetAsync("/a")).Status);
            Assert.Empty(site.Pages.Requests);
        }
    }

    [Fact]
    public async Task AnswerOfALambdaFunction_HasOne()
    {
        await using var atViewer = await Site.StartAsync(AllPages(), lambda: new() { ViewerRequest = ScriptedLambda.Answering(403) });
        await using var atOrigin = await Site.StartAsync(AllPages(), caches: true, lambda: new() { OriginRequest = ScriptedLambda.Answering(404) });

        foreach (var site in new[] { atViewer, atOrigin, atOrigin })
        {
            var answer = await site.Edge.GetAsync("/a");
            Assert.Equal((200, "page", "Error from cloudfront"), (answer.Status, answer.Text, answer["X-Cache"]));
        }
    }

    /// <summary>The status that origin-response leaves decides (lambda-edge spec 2.3).</summary>
    [Theory]
    [InlineData("200 OK", 404, "page", "Error from cloudfront")]
    [InlineData("404 Not Found", 200, "none", "Error from cloudfront")]
    public async Task OriginResponseChangesTheStatus_TheResultCounts(string answered, int made, string text, string xCache)
    {
        var change = ScriptedLambda.Passing(response => response["status"] = made.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await using var site = await Site.StartAsync([new(404, "/pages/404.html", 200)], lambda: new() { OriginResponse = change });
        site.Origin.Reply($"HTTP/1.1 {answered}\r\nContent-Length: 4\r\n\r\nnone");

        var answer = await site.Edge.GetAsync("/a");

        Assert.Equal((200, text, xCache), (answer.Status, answer.Text, answer["X-Cache"]));
    }

    /// <summary>A stale object that stands in for a failing origin is no error.</summary>
    [Fact]
    public async Task StaleObjectStandsIn_NoPage()
    {
        var time = new ManualTimeProvider();
        await using var site = await Site.StartAsync([new(503, "/pages/503.html", 200)], caches: true, time: time);
        site.Origin.Reply("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nCache-Control: max-age=60, stale-if-error=60\r\n\r\nold");
        await site.Edge.GetAsync("/a");
        site.Origin.Reply(Error(503));

        time.AdvanceSeconds(61);
        Assert.Equal("old", (await site.Edge.GetAsync("/a")).Text);
        time.AdvanceSeconds(70);
        Assert.Equal("page", (await site.Edge.GetAsync("/a")).Text);
    }

    // ---------------------------------------------------------------- which functions run

    [Fact]
    public async Task FunctionsOnOriginEvents_RunForThePage_ThoseOnViewerEventsDoNot()
    {
        var (viewerRequest, viewerResponse) = (ScriptedFunction.Editing(_ => { }), ScriptedFunction.Editing(_ => { }));
        var (pageRequest, pageResponse, pageViewer) = (ScriptedLambda.Passing(), ScriptedLambda.Passing(), ScriptedLambda.Passing());
        await using var site = await Site.StartAsync(
            [new(404, "/pages/404.html", 200)], viewerRequest: viewerRequest, viewerResponse: viewerResponse,
            lambdaOfPages: new() { ViewerRequest = pageViewer, OriginRequest = pageRequest, OriginResponse = pageResponse, ViewerResponse = pageViewer });

        Assert.Equal("page", (await site.Edge.GetAsync("/a")).Text);
        var entry = await site.Edge.Log.NextAsync();

        Assert.Equal((1, 0), (viewerRequest.Runs, viewerResponse.Runs));
        Assert.Equal((1, 1, 0), (pageRequest.Runs, pageResponse.Runs, pageViewer.Runs));
        Assert.Equal(("GET", "/pages/404.html"), ((string?)pageRequest.Events[0]["request"]!["method"], (string?)pageRequest.Events[0]["request"]!["uri"]));
        Assert.Equal(2, entry.LambdaRuns.Count);
    }

    [Fact]
    public async Task FunctionMakesThePage_OrFails()
    {
        await using var makes = await Site.StartAsync([new(404, "/pages/404.html", 404)], lambdaOfPages: new() { OriginRequest = ScriptedLambda.Answering(200, "made") });
        await using var fails = await Site.StartAsync([new(404, "/pages/404.html", 404)], lambdaOfPages: new() { OriginRequest = ScriptedLambda.Failing(LambdaErrorKind.Execution) });

        var (made, failed) = (await makes.Edge.GetAsync("/a"), await fails.Edge.GetAsync("/a"));

        Assert.Equal((404, "made", "Error from cloudfront"), (made.Status, made.Text, made["X-Cache"]));
        Assert.Equal((503, "LambdaExecutionError from cloudfront"), (failed.Status, failed["X-Cache"]));
    }

    [Fact]
    public async Task PageIsTheRoot_TheDefaultRootObjectIsAskedFor()
    {
        await using var site = await Site.StartAsync([new(404, "/", 200)], distribution: distribution => distribution with { DefaultRootObject = "index.html" });
        site.Origin.Script(conversation => conversation.SayAsync(conversation.Request.Target == "/index.html" ? Page : NotFound));

        Assert.Equal("page", (await site.Edge.GetAsync("/deep/link")).Text);
        Assert.Equal(["/deep/link", "/index.html"], site.Origin.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task Steps_TellOfThePage()
    {
        await using var site = await Site.StartAsync([new(404, "/pages/404.html", 200)], options: options => options with { RecordsSteps = true });

        await site.Edge.GetAsync("/a");
        var steps = (await site.Edge.Log.NextAsync()).Steps!.Select(step => step.ToString()).ToList();

        Assert.Equal(["AskedForErrorPage /pages/404.html", "FoundNothing", "AskedOrigin pages", "OriginAnswered 200"], steps.SkipWhile(step => !step.StartsWith("AskedForErrorPage")).Take(4));
    }

    // ---------------------------------------------------------------- geo restriction

    [Theory]
    [InlineData(true, "DE", "DE", 200)]
    [InlineData(true, "DE", "FR", 403)]
    [InlineData(true, "DE", null, 200)]
    [InlineData(false, "DE", "DE", 403)]
    [InlineData(false, "DE", "FR", 200)]
    [InlineData(false, "DE", null, 200)]
    public async Task GeoRestriction_LetsInOrRefuses(bool isWhitelist, string listed, string? country, int status)
    {
        var function = ScriptedFunction.Editing(_ => { });
        await using var site = await Site.StartAsync([], viewerRequest: function, distribution: In(isWhitelist, listed), snapshot: From(country));
        site.Origin.Reply(Page);

        var answer = await site.Edge.GetAsync("/a");
        var entry = await site.Edge.Log.NextAsync();

        Assert.Equal(status, answer.Status);
        if (status == 200)
            return;
        Assert.Contains("The Amazon CloudFront distribution is configured to block access from your country.", answer.Text);
        Assert.Equal(("Error from cloudfront", "CloudFront"), (answer["X-Cache"], answer["Server"]));
        Assert.Equal((ResultType.Error, "ClientGeoBlocked"), (entry.ResultType, entry.DetailedResultType));
        Assert.Equal(0, function.Runs);
        Assert.Empty(site.Origin.Requests);
    }

    /// <summary>A viewer that is kept out is not redirected first: geo restriction comes before the protocol.</summary>
    [Fact]
    public async Task GeoRestriction_ComesFirst()
    {
        await using var site = await Site.StartAsync(
            [], behavior => behavior with { ViewerProtocolPolicy = ViewerProtocolPolicy.RedirectToHttps }, distribution: In(false, "DE"), snapshot: From("DE"));

        Assert.Equal(403, (await site.Edge.GetAsync("/a")).Status);
    }

    [Fact]
    public async Task GeoRestriction_HasThePageFor403()
    {
        await using var site = await Site.StartAsync([new(403, "/pages/403.html", 200)], distribution: In(false, "DE"), snapshot: From("DE"));

        var answer = await site.Edge.GetAsync("/a");
        var entry = await site.Edge.Log.NextAsync();

        Assert.Equal((200, "page", "Error from cloudfront"), (answer.Status, answer.Text, answer["X-Cache"]));
        Assert.Equal((200, "ClientGeoBlocked", "pages"), (entry.StatusCode, entry.DetailedResultType, entry.OriginId));
    }

    // ---------------------------------------------------------------- the site

    private static string Error(int status) => $"HTTP/1.1 {status} X\r\nContent-Length: 4\r\n\r\nnone";

    private static CustomErrorPage[] AllPages() => [.. new[] { 403, 404, 502, 503 }.Select(status => new CustomErrorPage(status, "/pages/it.html", 200))];

    private static CacheBehavior ViewerHeaders(CacheBehavior behavior) => behavior with { OriginRequestPolicy = TestEdge.AllViewerExceptHost };

    private static Func<Distribution, Distribution> In(bool isWhitelist, string country) =>
        distribution => distribution with { GeoRestriction = new GeoRestriction(isWhitelist, [country]) };

    private static Func<EdgeSnapshot, EdgeSnapshot> From(string? country) => snapshot => new EdgeSnapshot
    {
        Distributions = snapshot.Distributions, AnyHostIsTheOnlyDistribution = true, ViewerCountry = country,
    };

    /// <summary>An origin that has nothing, another one with the pages below /pages/, and an edge before both.</summary>
    private sealed class Site : IAsyncDisposable
    {
        private readonly List<ScriptedOrigin> _running;

        private Site(ScriptedOrigin origin, ScriptedOrigin pages, TestEdge edge) => (Origin, Pages, Edge, _running) = (origin, pages, edge, [origin, pages]);

        public ScriptedOrigin Origin { get; }

        public ScriptedOrigin Pages { get; }

        public TestEdge Edge { get; }

        public static async Task<Site> StartAsync(
            CustomErrorPage[] errors,
            Func<CacheBehavior, CacheBehavior>? behavior = null,
            bool caches = false,
            ScriptedFunction? viewerRequest = null,
            ScriptedFunction? viewerResponse = null,
            BehaviorTriggers? lambda = null,
            BehaviorTriggers? lambdaOfPages = null,
            Func<Distribution, Distribution>? distribution = null,
            Func<EdgeSnapshot, EdgeSnapshot>? snapshot = null,
            Func<EdgeServerOptions, EdgeServerOptions>? options = null,
            TimeProvider? time = null)
        {
            var (origin, pages) = (new ScriptedOrigin().Reply(NotFound), new ScriptedOrigin().Reply(Page));
            var pageOrigin = TestEdge.To(pages) with { Id = "pages" };
            var edge = await TestEdge.StartAsync(
                TestEdge.To(origin), before => Behavior(behavior, before, caches), viewerRequest, viewerResponse, options,
                before => (distribution?.Invoke(before) ?? before) with { CustomErrorPages = errors.ToImmutableDictionary(page => page.ErrorCode) },
                before =>
                {
                    var live = before.Distributions[0];
                    var ofPages = live.DefaultBehavior.Behavior with { PathPattern = new PathPattern("/pages/*"), TargetOriginId = pageOrigin.Id };
                    var with = new EdgeSnapshot
                    {
                        Distributions = [live with { Behaviors = [new LiveBehavior(ofPages, pageOrigin, lambdaOfPages ?? BehaviorTriggers.None)] }],
                        AnyHostIsTheOnlyDistribution = true,
                    };
                    return snapshot?.Invoke(with) ?? with;
                },
                lambda, time);
            return new Site(origin, pages, edge);
        }

        /// <summary>From now on nothing listens there.</summary>
        public ValueTask StopAsync(ScriptedOrigin origin)
        {
            _running.Remove(origin);
            return origin.DisposeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            await Edge.DisposeAsync();
            foreach (var origin in _running)
                await origin.DisposeAsync();
        }

        private static CacheBehavior Behavior(Func<CacheBehavior, CacheBehavior>? change, CacheBehavior before, bool caches)
        {
            var behavior = before with { OriginRequestPolicy = null, CachePolicy = caches ? Optimized : before.CachePolicy };
            return change?.Invoke(behavior) ?? behavior;
        }
    }
}
