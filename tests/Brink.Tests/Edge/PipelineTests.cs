using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Events;
using Brink.Functions;
using Brink.Policies;

namespace Brink.Tests.Edge;

public sealed class PipelineTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nServer: nginx\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n\r\nok";

    [Fact]
    public async Task FirstAnswer_CarriesTheStandardHeaders()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin));

        var response = await edge.GetAsync("/");

        Assert.Equal("ok", response.Text);
        Assert.Equal("Miss from cloudfront", response["X-Cache"]);
        Assert.Matches("^1\\.1 [0-9a-f]{32}\\.cloudfront\\.net \\(CloudFront\\)$", response["Via"]!);
        Assert.Matches("^[A-Z]{3}[0-9]{2,3}-[CP][0-9]+$", response["X-Amz-Cf-Pop"]!);
        Assert.Matches("^[A-Za-z0-9_-]{54}==$", response["X-Amz-Cf-Id"]!);
        Assert.Null(response["Age"]);
        Assert.Equal("nginx", response["Server"]);
        Assert.Equal("Mon, 01 Jan 2024 00:00:00 GMT", response["Date"]);
        Assert.Equal(response["X-Amz-Cf-Id"], origin.Requests[0]["X-Amz-Cf-Id"]);
        Assert.Equal(response["Via"], origin.Requests[0]["Via"]);
    }

    [Fact]
    public async Task LogLine_SaysWhatHappened()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerRequest: ScriptedFunction.Editing(e => e.Request.Uri = "/rewritten"));

        var response = await edge.GetAsync("/a?b=c");
        var entry = await edge.Log.NextAsync();

        Assert.Equal(("GET", "test", "/a", "b=c", 200, 2L), (entry.Method, entry.Host, entry.Uri, entry.QueryString, entry.StatusCode, entry.BodyBytes));
        Assert.Equal((ResultType.Miss, "Miss"), (entry.ResultType, entry.DetailedResultType));
        Assert.Equal(response["X-Amz-Cf-Id"], entry.RequestId);
        Assert.Equal("127.0.0.1", entry.ViewerIp);
        Assert.Equal(21, entry.ViewerRequestRun!.Value.ComputeUtilization);
        Assert.Null(entry.ViewerResponseRun);
        Assert.Equal("/rewritten?b=c", origin.Requests[0].Target);
    }

    [Fact]
    public async Task UnknownHost_GetsTheBadRequestPage()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), snapshot: snapshot => new EdgeSnapshot { Distributions = snapshot.Distributions });

        var response = await edge.GetAsync("/");

        Assert.Equal(403, response.Status);
        Assert.Contains("<H1>403 ERROR</H1>", response.Text);
        Assert.Contains("Bad request.", response.Text);
        Assert.Equal(200, (await edge.AskAsync("GET / HTTP/1.1\r\nHost: D111111abcdef8.cloudfront.net:8080\r\n\r\n")).Status);
    }

    [Fact]
    public async Task DisabledDistribution_ServesNothing()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), distribution: distribution => distribution with { Enabled = false });

        Assert.Equal(403, (await edge.GetAsync("/")).Status);
        Assert.Empty(origin.Requests);
    }

    [Theory]
    [InlineData(AllowedMethods.GetHead, "POST", 403)]
    [InlineData(AllowedMethods.GetHead, "OPTIONS", 403)]
    [InlineData(AllowedMethods.GetHeadOptions, "OPTIONS", 200)]
    [InlineData(AllowedMethods.GetHeadOptions, "DELETE", 403)]
    [InlineData(AllowedMethods.All, "DELETE", 200)]
    [InlineData(AllowedMethods.All, "PATCH", 200)]
    [InlineData(AllowedMethods.All, "TRACE", 403)]
    [InlineData(AllowedMethods.All, "get", 403)]
    [InlineData(AllowedMethods.All, "PROPFIND", 403)]
    public async Task Method_IsLetThroughOrRefused(AllowedMethods allowed, string method, int status)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), behavior => behavior with { AllowedMethods = allowed });

        var response = await edge.AskAsync($"{method} / HTTP/1.1\r\nHost: test\r\n\r\n");

        Assert.Equal(status, response.Status);
        Assert.Equal(status == 403, response.Text.Contains("The distribution supports only cachable requests."));
    }

    [Theory]
    [InlineData("GET", "1.1", 301)]
    [InlineData("HEAD", "1.1", 301)]
    [InlineData("POST", "1.1", 307)]
    [InlineData("GET", "1.0", 301)]
    [InlineData("POST", "1.0", 403)]
    public async Task RedirectToHttps_KeepsPathAndQueryAndRunsNoFunction(string method, string version, int status)
    {
        var (request, response) = (ScriptedFunction.Editing(_ => { }), ScriptedFunction.Editing(_ => { }));
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => behavior with { ViewerProtocolPolicy = ViewerProtocolPolicy.RedirectToHttps }, request, response);

        var answer = await edge.AskAsync($"{method} /a//b?c=%20d HTTP/{version}\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n", method == "HEAD");

        Assert.Equal(status, answer.Status);
        if (status != 403)
        {
            Assert.Equal("https://example.com/a//b?c=%20d", answer["Location"]);
            Assert.Equal("Redirect from cloudfront", answer["X-Cache"]);
            Assert.Equal("CloudFront", answer["Server"]);
            Assert.Equal("text/html", answer["Content-Type"]);
        }
        if (method == "GET")
            Assert.Equal("167", answer["Content-Length"]);
        Assert.Equal((0, 0), (request.Runs, response.Runs));
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task RedirectFromADevelopmentPort_GoesToThePortThatSpeaksTls()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => behavior with { ViewerProtocolPolicy = ViewerProtocolPolicy.RedirectToHttps }, options: options => options with { HttpsPort = 0 });

        var answer = await edge.AskAsync($"GET / HTTP/1.1\r\nHost: localhost:{edge.Port}\r\n\r\n");

        Assert.Equal($"https://localhost:{edge.HttpsPort}/", answer["Location"]);
    }

    [Fact]
    public async Task HttpsOnly_Gets403OverHttp()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), behavior => behavior with { ViewerProtocolPolicy = ViewerProtocolPolicy.HttpsOnly });

        Assert.Equal(403, (await edge.GetAsync("/")).Status);
    }

    [Fact]
    public async Task ViewerRequestAnswers_NothingElseRuns()
    {
        var response = ScriptedFunction.Editing(_ => { });
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerRequest: ScriptedFunction.Responding(418), viewerResponse: response);

        var answer = await edge.GetAsync("/");

        Assert.Equal(418, answer.Status);
        Assert.Equal("FunctionGeneratedResponse from cloudfront", answer["X-Cache"]);
        Assert.Equal("CloudFront", answer["Server"]);
        Assert.Equal(0, response.Runs);
        Assert.Empty(origin.Requests);
    }

    [Theory]
    [InlineData(200, 1)]
    [InlineData(304, 1)]
    [InlineData(399, 1)]
    [InlineData(400, 0)]
    [InlineData(404, 0)]
    [InlineData(500, 0)]
    public async Task ViewerResponse_RunsByTheOriginsStatus(int status, int runs)
    {
        var function = ScriptedFunction.Editing(e => e.Response!.Headers.Set("x-added", "yes"));
        await using var origin = new ScriptedOrigin().Reply($"HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\n\r\n");
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerResponse: function);

        var answer = await edge.GetAsync("/");

        Assert.Equal(status, answer.Status);
        Assert.Equal(runs, function.Runs);
        Assert.Equal(runs == 1 ? "yes" : null, answer["x-added"]);
        Assert.Equal(status < 400 ? "Miss from cloudfront" : "Error from cloudfront", answer["X-Cache"]);
    }

    [Fact]
    public async Task OriginIsDown_ViewerResponseIsSkipped()
    {
        var function = ScriptedFunction.Editing(_ => { });
        await using var edge = await TestEdge.StartAsync(TestEdge.ToPort(1), viewerResponse: function);

        Assert.Equal(502, (await edge.GetAsync("/")).Status);
        Assert.Equal(0, function.Runs);
    }

    [Fact]
    public async Task ViewerResponse_SeesTheRequestAsViewerRequestLeftIt()
    {
        var function = ScriptedFunction.Editing(_ => { });
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), viewerRequest: ScriptedFunction.Editing(e => e.Request.Headers.Set("x-bucket", "b")), viewerResponse: function);

        await edge.GetAsync("/");

        Assert.Equal("b", function.Last!.Request.Headers.Get("X-Bucket"));
        Assert.Equal("b", origin.Requests[0]["x-bucket"]);
    }

    [Theory]
    [InlineData(FunctionErrorKind.Execution, EventType.ViewerRequest, 503, "FunctionExecutionError", "is invalid or could not run.")]
    [InlineData(FunctionErrorKind.Validation, EventType.ViewerRequest, 502, "FunctionValidationError", "returned an invalid object.")]
    [InlineData(FunctionErrorKind.Execution, EventType.ViewerResponse, 503, "FunctionExecutionError", "is invalid or could not run.")]
    [InlineData(FunctionErrorKind.Validation, EventType.ViewerResponse, 502, "FunctionValidationError", "returned an invalid object.")]
    public async Task FunctionFails_ViewerGetsThePage(FunctionErrorKind kind, EventType on, int status, string result, string cause)
    {
        var failing = ScriptedFunction.Failing(kind, "TypeError: no", "function.js:1:2 <here>");
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin),
            viewerRequest: on == EventType.ViewerRequest ? failing : null,
            viewerResponse: on == EventType.ViewerResponse ? failing : null);

        var answer = await edge.GetAsync("/");
        var entry = await edge.Log.NextAsync();

        Assert.Equal(status, answer.Status);
        Assert.Equal($"{result} from cloudfront", answer["X-Cache"]);
        Assert.Contains(cause, answer.Text);
        Assert.Contains("Generated by cloudfront (CloudFront)", answer.Text);
        Assert.DoesNotContain("TypeError", answer.Text);
        Assert.Equal(result, entry.DetailedResultType);
        Assert.Equal("TypeError: no\nfunction.js:1:2 <here>\nFunctionErrorMessage: TypeError: no", entry.ErrorDetail);
    }

    [Fact]
    public async Task DeveloperErrors_TellALoopbackViewerWhy()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin),
            viewerRequest: ScriptedFunction.Failing(FunctionErrorKind.Execution, "TypeError: no", "<script>"),
            options: options => options with { DeveloperErrors = true });

        var answer = await edge.GetAsync("/");

        Assert.Contains("TypeError: no\n&lt;script&gt;", answer.Text);
        Assert.DoesNotContain("<script>", answer.Text);
        Assert.Equal(answer.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), answer["Content-Length"]);
    }

    [Fact]
    public async Task FaultOfOursBehindAFunction_IsForTheLogAndNotForThePage()
    {
        await using var origin = new ScriptedOrigin();
        var error = new FunctionError(FunctionErrorKind.Execution, "InternalError: internal error", "please report it", new InvalidOperationException("secret"));
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin),
            viewerRequest: new ScriptedFunction(_ => new FunctionOutcome.Fail(error)),
            options: options => options with { DeveloperErrors = true });

        var answer = await edge.GetAsync("/");
        await edge.Log.NextAsync();

        Assert.Equal(503, answer.Status);
        Assert.Contains("please report it", answer.Text);
        Assert.DoesNotContain("secret", answer.Text);
        Assert.Equal("secret", Assert.Single(edge.Log.Faults).Message);
    }

    [Fact]
    public async Task FaultOfOurs_Is500WithoutATrace()
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerRequest: new ScriptedFunction(_ => throw new InvalidOperationException("secret")));

        var answer = await edge.GetAsync("/");

        Assert.Equal(500, answer.Status);
        Assert.DoesNotContain("secret", answer.Text);
        Assert.DoesNotContain(" at ", answer.Text);
        Assert.Equal("secret", Assert.Single(edge.Log.Faults).Message);
        Assert.Equal(500, (await edge.Log.NextAsync()).StatusCode);
    }

    [Theory]
    [InlineData("/", "/index.html")]
    [InlineData("/?a=b", "/index.html?a=b")]
    [InlineData("/sub/", "/sub/")]
    public async Task DefaultRootObject_IsForExactlySlash(string target, string asked)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), distribution: distribution => distribution with { DefaultRootObject = "index.html" });

        await edge.GetAsync(target);

        Assert.Equal(asked, origin.Requests[0].Target);
    }

    [Fact]
    public async Task DefaultRootObject_ComesAfterViewerRequest()
    {
        var function = ScriptedFunction.Editing(_ => { });
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerRequest: new ScriptedFunction(e =>
        {
            Assert.Equal("/", e.Request.Uri);
            return FunctionOutcome.Continue.Instance;
        }), distribution: distribution => distribution with { DefaultRootObject = "index.html" });

        Assert.Equal(200, (await edge.GetAsync("/")).Status);
    }

    [Fact]
    public async Task CloudFrontHeaders_AreSetWhereListedAndOrdinaryElsewhere()
    {
        var seen = ScriptedFunction.Editing(_ => { });
        var policy = TestEdge.AllViewerExceptHost with
        {
            Headers = ItemSet.Whitelist("CloudFront-Viewer-Country", "CloudFront-Forwarded-Proto", "CloudFront-Is-Mobile-Viewer", "CloudFront-Viewer-City", "CloudFront-Viewer-Http-Version"),
        };
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), behavior => behavior with { OriginRequestPolicy = policy }, seen,
            snapshot: snapshot => new EdgeSnapshot { Distributions = snapshot.Distributions, AnyHostIsTheOnlyDistribution = true, ViewerCountry = "FI" });

        await edge.AskAsync(
            "GET / HTTP/1.1\r\nHost: test\r\nUser-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)\r\n"
            + "CloudFront-Viewer-Country: XX\r\nCloudFront-Viewer-City: Fake\r\nCloudFront-Is-Tablet-Viewer: true\r\n\r\n");

        var asked = origin.Requests[0];
        Assert.Equal("FI", asked["CloudFront-Viewer-Country"]);
        Assert.Equal("http", asked["CloudFront-Forwarded-Proto"]);
        Assert.Equal("true", asked["CloudFront-Is-Mobile-Viewer"]);
        Assert.Equal("1.1", asked["CloudFront-Viewer-Http-Version"]);
        Assert.Null(asked["CloudFront-Viewer-City"]);
        Assert.Equal("FI", seen.Last!.Request.Headers.Get("cloudfront-viewer-country"));
        Assert.True(seen.Last.ShowsCloudFrontHeader!("cloudfront-viewer-country"));
        Assert.False(seen.Last.ShowsCloudFrontHeader!("cloudfront-is-tablet-viewer"));
        Assert.Equal("true", seen.Last.Request.Headers.Get("CloudFront-Is-Tablet-Viewer")); // not listed: an ordinary viewer header
    }

    [Fact]
    public async Task Swap_LeavesRequestsUnderWayAlone()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var origin = new ScriptedOrigin().Script(async conversation =>
        {
            asked.TrySetResult();
            await goOn.Task;
            await conversation.SayAsync(Ok);
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerResponse: ScriptedFunction.Editing(e => e.Response!.Headers.Set("x-version", "old")));

        var first = edge.GetAsync("/");
        await asked.Task;
        edge.State.Swap(TestEdge.SnapshotOf(TestEdge.To(origin), viewerResponse: ScriptedFunction.Editing(e => e.Response!.Headers.Set("x-version", "new"))));
        goOn.SetResult();

        Assert.Equal("old", (await first)["x-version"]);
        Assert.Equal("new", (await edge.GetAsync("/"))["x-version"]);
    }

    [Fact]
    public async Task Behavior_IsChosenByTheOriginalPath()
    {
        await using var origin = new ScriptedOrigin();
        var custom = TestEdge.To(origin);
        var rewriting = ScriptedFunction.Editing(e => e.Request.Uri = "/api/x");
        await using var edge = await TestEdge.StartAsync(custom, viewerRequest: rewriting, snapshot: snapshot =>
        {
            var live = snapshot.Distributions[0];
            var api = live.DefaultBehavior.Behavior with { PathPattern = new PathPattern("/api/*"), AllowedMethods = AllowedMethods.GetHead };
            return new EdgeSnapshot { Distributions = [live with { Behaviors = [new LiveBehavior(api, custom, BehaviorTriggers.None)] }], AnyHostIsTheOnlyDistribution = true };
        });

        Assert.Equal(403, (await edge.AskAsync("DELETE /api/y HTTP/1.1\r\nHost: test\r\n\r\n")).Status);
        Assert.Equal(200, (await edge.AskAsync("DELETE /other HTTP/1.1\r\nHost: test\r\n\r\n")).Status);
        Assert.Equal("/api/x", origin.Requests[0].Target);
    }

    [Fact]
    public async Task ValuesWithLineEnds_NeverReachTheWire()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), viewerResponse: ScriptedFunction.Editing(e =>
        {
            e.Response!.Headers.Add("x-split", "a\r\nInjected: yes");
            e.Response.Headers.Add("x-nul", "a\0b");
            e.Response.Headers.Add("bad name", "v");
            e.Response.Headers.Add("x-good", "v");
            e.Response.StatusDescription = "Fine\r\nInjected: yes";
        }));

        var answer = await edge.GetAsync("/");

        Assert.Equal(200, answer.Status);
        Assert.Null(answer["Injected"]);
        Assert.Null(answer["x-nul"]);
        Assert.Equal("v", answer["x-good"]);
        Assert.Equal("HTTP/1.1 200 OK", answer.StatusLine);
    }
}
