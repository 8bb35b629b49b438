using System.Text;
using System.Text.Json.Nodes;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Events;
using Brink.Lambda;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>When Lambda@Edge functions run, what they see, and what becomes of it: with real events and results, without processes (lambda-edge spec 2).</summary>
public sealed class LambdaTriggersTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: max-age=60\r\n\r\nok";

    [Fact]
    public async Task Miss_RunsAllFourInOrder_AndAHitTheViewersOnly()
    {
        var order = new List<string>();
        ScriptedLambda Noting() => new(cf =>
        {
            lock (order)
                order.Add((string)cf["config"]!["eventType"]!);
            return cf["response"] ?? cf["request"];
        });
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await CachingAsync(origin, new() { ViewerRequest = Noting(), OriginRequest = Noting(), OriginResponse = Noting(), ViewerResponse = Noting() });

        var miss = await edge.GetAsync("/a");
        var entry = await edge.Log.NextAsync();
        var hit = await edge.GetAsync("/a");

        Assert.Equal(("Miss from cloudfront", "Hit from cloudfront"), (miss["X-Cache"], hit["X-Cache"]));
        Assert.Equal(["viewer-request", "origin-request", "origin-response", "viewer-response", "viewer-request", "viewer-response"], order);
        Assert.Equal([EventType.ViewerRequest, EventType.OriginRequest, EventType.OriginResponse, EventType.ViewerResponse], entry.LambdaRuns.Select(run => run.EventType));
        Assert.Equal("us-east-1", entry.LambdaRuns[0].RequestId);
        Assert.Single(origin.Requests);
    }

    [Theory]
    [InlineData(false, 200)]
    [InlineData(true, 502)]
    public async Task OriginAnswersChunked_TransferEncodingStandsInOriginResponse_AndIsReadOnly(bool deletes, int status)
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\n\r\n2\r\nok\r\n0\r\n\r\n");
        var (originResponse, viewerResponse) = (ScriptedLambda.Passing(response =>
        {
            if (deletes)
                response["headers"]!.AsObject().Remove("transfer-encoding");
        }), ScriptedLambda.Passing());
        await using var edge = await CachingAsync(origin, new() { OriginResponse = originResponse, ViewerResponse = viewerResponse });

        var answer = await edge.GetAsync("/");
        var hit = await edge.GetAsync("/");

        Assert.Equal("chunked", (string?)originResponse.Events[0]["response"]!["headers"]!["transfer-encoding"]![0]!["value"]);
        Assert.Equal((status, status), (answer.Status, hit.Status));
        if (deletes)
        {
            Assert.Contains("The Lambda function result failed validation: The function tried to add, delete, or change a read-only header.\n", answer.Text, StringComparison.Ordinal);
            return;
        }
        Assert.Equal(("ok", "ok"), (answer.Text, hit.Text));
        Assert.All(viewerResponse.Events, seen => Assert.Null(seen["response"]!["headers"]!["transfer-encoding"]));
    }

    [Fact]
    public async Task InvalidResult_ThePageCarriesTheSentence_AndTheDetailOnlyOnLoopbackInDevelopment()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await CachingAsync(origin, new() { ViewerRequest = ScriptedLambda.Passing(request => request["uri"] = "no-slash") });

        var answer = await edge.GetAsync("/");

        Assert.Equal((502, "LambdaValidationError from cloudfront"), (answer.Status, answer["X-Cache"]));
        Assert.Contains("The Lambda function result failed validation: The specified URI is in an invalid format.\n", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("no-slash", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ViewerRequest_ChangesTheKeyAndTheOriginsRequest()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var function = new ScriptedLambda(cf =>
        {
            var phone = ((string)cf["request"]!["headers"]!["user-agent"]![0]!["value"]!).Contains("Phone", StringComparison.Ordinal);
            cf["request"]!["uri"] = phone ? "/small.jpg" : "/large.jpg";
            return cf["request"];
        });
        await using var edge = await CachingAsync(origin, new() { ViewerRequest = function });

        foreach (var agent in new[] { "Desktop", "Phone", "Desktop", "Phone" })
            await edge.AskAsync($"GET /image.jpg HTTP/1.1\r\nHost: test\r\nUser-Agent: {agent}\r\n\r\n");

        Assert.Equal(["/large.jpg", "/small.jpg"], origin.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task ViewerRequestAnswers_NothingElseRuns_AndNothingIsCached()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var viewerRequest = ScriptedLambda.Answering(200, cacheControl: "max-age=60");
        var (originRequest, viewerResponse) = (ScriptedLambda.Passing(), ScriptedLambda.Passing());
        await using var edge = await CachingAsync(origin, new() { ViewerRequest = viewerRequest, OriginRequest = originRequest, ViewerResponse = viewerResponse });

        for (var i = 0; i < 2; i++)
        {
            var answer = await edge.GetAsync("/");
            Assert.Equal((200, "generated", "LambdaGeneratedResponse from cloudfront"), (answer.Status, answer.Text, answer["X-Cache"]));
        }

        Assert.Equal((2, 0, 0, 0), (viewerRequest.Runs, originRequest.Runs, viewerResponse.Runs, origin.Requests.Count));
        Assert.Equal(ResultType.LambdaGeneratedResponse, (await edge.Log.NextAsync()).ResultType);
    }

    [Fact]
    public async Task OriginRequestAnswers_ItIsCachedUnderTheKeyOfBefore_WithoutOriginResponse()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var originRequest = ScriptedLambda.Answering(200, cacheControl: "max-age=60");
        var (originResponse, viewerResponse) = (ScriptedLambda.Passing(), ScriptedLambda.Passing(response => response["headers"]!["x-seen"] = Header("yes")));
        await using var edge = await CachingAsync(origin, new() { OriginRequest = originRequest, OriginResponse = originResponse, ViewerResponse = viewerResponse });

        var first = await edge.GetAsync("/a");
        var second = await edge.GetAsync("/a");

        Assert.Equal(("LambdaGeneratedResponse from cloudfront", "Hit from cloudfront"), (first["X-Cache"], second["X-Cache"]));
        Assert.Equal(("generated", "generated", "yes", "yes"), (first.Text, second.Text, first["X-Seen"], second["X-Seen"]));
        Assert.Equal((1, 0, 2, 0), (originRequest.Runs, originResponse.Runs, viewerResponse.Runs, origin.Requests.Count));
    }

    [Fact]
    public async Task OriginRequestRewrites_TheKeyStands()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await CachingAsync(origin, new()
        {
            OriginRequest = ScriptedLambda.Passing(request =>
            {
                request["uri"] = "/rewritten";
                request["querystring"] = "a=b";
                request["headers"]!["x-added"] = Header("1");
            }),
        });

        await edge.GetAsync("/one");
        await edge.GetAsync("/rewritten");
        await edge.GetAsync("/one");

        Assert.Equal(["/rewritten?a=b", "/rewritten?a=b"], origin.Requests.Select(request => request.Target));
        Assert.Equal("1", origin.Requests[0]["X-Added"]);
    }

    [Fact]
    public async Task OriginEvents_ShowWhatTheOriginGets()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var (originRequest, originResponse) = (ScriptedLambda.Passing(), ScriptedLambda.Passing());
        await using var edge = await CachingAsync(origin, new() { OriginRequest = originRequest, OriginResponse = originResponse });

        var answer = await edge.AskAsync("GET /p?q=1 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Viewer\r\nCookie: a=b\r\nX-Own: x\r\n\r\n");

        var request = Assert.Single(originRequest.Events)["request"]!;
        string? Shown(string name) => (string?)request["headers"]![name]?[0]!["value"];
        Assert.Equal(($"127.0.0.1:{origin.Port}", "Amazon CloudFront", "127.0.0.1"), (Shown("host"), Shown("user-agent"), Shown("x-forwarded-for")));
        Assert.Equal((null, null, null, null), (Shown("cookie"), Shown("x-own"), Shown("connection"), Shown("x-amz-cf-id")));
        Assert.Equal(("/p", "", "127.0.0.1"), ((string?)request["uri"], (string?)request["querystring"], (string?)request["origin"]!["custom"]!["domainName"]));
        Assert.Null(request["body"]);
        Assert.Equal(answer["X-Amz-Cf-Id"], (string?)originRequest.Events[0]["config"]!["requestId"]);
        Assert.Equal(request.ToJsonString(), Assert.Single(originResponse.Events)["request"]!.ToJsonString());
        // What is hidden goes on all the same.
        Assert.Equal((answer["X-Amz-Cf-Id"], $"127.0.0.1:{origin.Port}"), (origin.Requests[0]["X-Amz-Cf-Id"], origin.Requests[0]["Host"]));
    }

    [Fact]
    public async Task OriginRequestChangesTheOrigin_TheHostIsWhatTheHeadersSay()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var other = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother");
        JsonNode? Moved(JsonNode cf)
        {
            cf["request"]!["origin"]!["custom"]!["domainName"] = "localhost";
            cf["request"]!["origin"]!["custom"]!["port"] = other.Port;
            cf["request"]!["origin"]!["custom"]!["path"] = "/base";
            cf["request"]!["origin"]!["custom"]!["customHeaders"]!["x-key"] = Header("secret");
            if ((string?)cf["request"]!["uri"] == "/with")
                cf["request"]!["headers"]!["host"] = Header("other.example.com");
            return cf["request"];
        }
        await using var edge = await CachingAsync(origin, new() { OriginRequest = new ScriptedLambda(Moved) });

        Assert.Equal(("other", "other"), ((await edge.GetAsync("/with")).Text, (await edge.GetAsync("/without")).Text));

        Assert.Empty(origin.Requests);
        Assert.Equal(["/base/with", "/base/without"], other.Requests.Select(request => request.Target));
        Assert.Equal(("other.example.com", $"127.0.0.1:{origin.Port}", "secret"), (other.Requests[0]["Host"], other.Requests[1]["Host"], other.Requests[0]["X-Key"]));
    }

    [Fact]
    public async Task OriginRequestChoosesABucketThatWantsASignature_NothingGoesOutUnsigned()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await CachingAsync(origin, new()
        {
            OriginRequest = ScriptedLambda.Passing(request => request["origin"] = new JsonObject
            {
                ["s3"] = new JsonObject
                {
                    ["domainName"] = "bucket.s3.amazonaws.com", ["region"] = "us-east-1", ["authMethod"] = "origin-access-identity", ["path"] = "", ["customHeaders"] = new JsonObject(),
                },
            }),
        });

        var answer = await edge.GetAsync("/");

        // From a custom origin there is no identity to take along (lambda-edge spec 2.5).
        Assert.Equal((502, "LambdaValidationError from cloudfront"), (answer.Status, answer["X-Cache"]));
        Assert.Contains("origin-access-identity", (await edge.Log.NextAsync()).ErrorDetail, StringComparison.Ordinal);
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task OriginResponse_SeesErrors_AndWhatItLeavesIsCached()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\nETag: \"a\"\r\n\r\ngone");
        var originResponse = ScriptedLambda.Passing(response =>
        {
            response["status"] = 200;
            response["statusDescription"] = "Fine";
            response["body"] = "instead";
            response["headers"]!["cache-control"] = Header("max-age=60");
        });
        var viewerResponse = ScriptedLambda.Passing();
        await using var edge = await CachingAsync(origin, new() { OriginResponse = originResponse, ViewerResponse = viewerResponse });

        var first = await edge.GetAsync("/");
        var second = await edge.GetAsync("/");

        Assert.Equal("404", (string?)originResponse.Events[0]["response"]!["status"]);
        Assert.Equal((200, "instead", null), (first.Status, first.Text, first["Content-Encoding"]));
        Assert.Equal((200, "instead"), (second.Status, second.Text));
        // The origin's own status decides about viewer-response and X-Cache, from the cache too.
        Assert.Equal((1, 0, 1), (originResponse.Runs, viewerResponse.Runs, origin.Requests.Count));
        Assert.Equal(("Error from cloudfront", "Error from cloudfront"), (first["X-Cache"], second["X-Cache"]));
    }

    [Fact]
    public async Task OriginResponse_TurnsSuccessIntoAnError_ViewerResponseStillRuns()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var viewerResponse = ScriptedLambda.Passing();
        await using var edge = await CachingAsync(origin, new() { OriginResponse = ScriptedLambda.Passing(response => response["status"] = "403"), ViewerResponse = viewerResponse });

        Assert.Equal((403, 403), ((await edge.GetAsync("/")).Status, (await edge.GetAsync("/")).Status));
        Assert.Equal((2, 1), (viewerResponse.Runs, origin.Requests.Count));
    }

    [Fact]
    public async Task OriginResponse_KeepsTheOriginsBody_UnlessItSaysOtherwise()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await CachingAsync(origin, new() { OriginResponse = ScriptedLambda.Passing(response => response["headers"]!["x-frame-options"] = Header("DENY")) });

        var answer = await edge.GetAsync("/");

        Assert.Equal(("ok", "DENY"), (answer.Text, answer["X-Frame-Options"]));
    }

    [Fact]
    public async Task OriginCannotBeReached_OriginResponseDoesNotRun()
    {
        var (originRequest, originResponse) = (ScriptedLambda.Passing(), ScriptedLambda.Passing());
        await using var edge = await TestEdge.StartAsync(TestEdge.ToPort(1), lambda: new() { OriginRequest = originRequest, OriginResponse = originResponse });

        Assert.Equal(502, (await edge.GetAsync("/")).Status);
        Assert.Equal((1, 0), (originRequest.Runs, originResponse.Runs));
    }

    [Fact]
    public async Task StaleObject_IsAskedAboutThroughBothOriginEvents()
    {
        await using var origin = new ScriptedOrigin().Script(async conversation => await conversation.SayAsync(
            conversation.Request["If-None-Match"] is null
                ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: \"v\"\r\nCache-Control: max-age=0\r\n\r\nok"
                : "HTTP/1.1 304 Not Modified\r\nETag: \"v\"\r\nCache-Control: max-age=0\r\n\r\n"));
        var (originRequest, originResponse) = (ScriptedLambda.Passing(), ScriptedLambda.Passing());
        await using var edge = await CachingAsync(
            origin, new() { OriginRequest = originRequest, OriginResponse = originResponse }, policy => policy with { MinTtl = TimeSpan.Zero, DefaultTtl = TimeSpan.Zero });

        await edge.GetAsync("/");
        var second = await edge.GetAsync("/");

        Assert.Equal(("RefreshHit from cloudfront", "ok"), (second["X-Cache"], second.Text));
        Assert.Equal("\"v\"", (string?)originRequest.Events[1]["request"]!["headers"]!["if-none-match"]![0]!["value"]);
        Assert.Equal("304", (string?)originResponse.Events[1]["response"]!["status"]);
    }

    [Theory]
    [InlineData(EventType.ViewerRequest, LambdaErrorKind.Execution, 503, "LambdaExecutionError")]
    [InlineData(EventType.ViewerRequest, LambdaErrorKind.LimitExceeded, 503, "LambdaLimitExceeded")]
    [InlineData(EventType.OriginRequest, LambdaErrorKind.Execution, 503, "LambdaExecutionError")]
    [InlineData(EventType.OriginRequest, LambdaErrorKind.Validation, 502, "LambdaValidationError")]
    [InlineData(EventType.OriginResponse, LambdaErrorKind.Execution, 503, "LambdaExecutionError")]
    [InlineData(EventType.OriginResponse, LambdaErrorKind.LimitExceeded, 503, "LambdaLimitExceeded")]
    [InlineData(EventType.ViewerResponse, LambdaErrorKind.Execution, 503, "LambdaExecutionError")]
    [InlineData(EventType.ViewerResponse, LambdaErrorKind.Validation, 502, "LambdaValidationError")]
    public async Task FunctionFails_TheViewerGetsThePage_AndOnlyTheLogTheReason(EventType type, LambdaErrorKind kind, int status, string result)
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        LambdaTrigger failing = ScriptedLambda.Failing(kind);
        var viewerResponse = ScriptedLambda.Passing();
        await using var edge = await CachingAsync(origin, new()
        {
            ViewerRequest = type == EventType.ViewerRequest ? failing : null,
            OriginRequest = type == EventType.OriginRequest ? failing : null,
            OriginResponse = type == EventType.OriginResponse ? failing : null,
            ViewerResponse = type == EventType.ViewerResponse ? failing : (LambdaTrigger)viewerResponse,
        });

        var answer = await edge.GetAsync("/");
        var entry = await edge.Log.NextAsync();

        Assert.Equal((status, $"{result} from cloudfront", "text/html"), (answer.Status, answer["X-Cache"], answer["Content-Type"]));
        // What is wrong with a result is one of CloudFront's sentences, and no word of the function's.
        Assert.Contains(kind == LambdaErrorKind.Validation ? "the script said so" : "The Lambda function associated with the CloudFront distribution", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(kind == LambdaErrorKind.Validation ? "at handler" : "the script said so", answer.Text, StringComparison.Ordinal);
        Assert.Equal((result, result), (entry.ResultType.ToString(), entry.DetailedResultType));
        // Of an invalid result the place in it comes first.
        Assert.Equal(kind == LambdaErrorKind.Validation ? "at handler (index.js:1:1)\nAWS says: Error: the script said so" : "Error: the script said so\nat handler (index.js:1:1)", entry.ErrorDetail);
        Assert.Equal(0, viewerResponse.Runs);
    }

    [Fact]
    public async Task FunctionReturnsNothing_IsAnInvalidResult()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), lambda: new() { ViewerRequest = new ScriptedLambda(_ => null) }, options: options => options with { DeveloperErrors = true });

        var answer = await edge.GetAsync("/");

        Assert.Equal((502, "LambdaValidationError from cloudfront"), (answer.Status, answer["X-Cache"]));
        Assert.Contains("must be an object", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FunctionFailsAtTheOrigin_TheNextRequestAsksItAgain_AndNoStaleObjectHidesIt()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nCache-Control: max-age=0\r\n\r\nok");
        var fails = false;
        var function = new ScriptedLambda(cf => fails ? new JsonObject() : cf["request"]);
        await using var edge = await CachingAsync(origin, new() { OriginRequest = function }, policy => policy with { MinTtl = TimeSpan.Zero });

        Assert.Equal(200, (await edge.GetAsync("/")).Status);
        fails = true;
        Assert.Equal(502, (await edge.GetAsync("/")).Status);
        Assert.Equal(502, (await edge.GetAsync("/")).Status);
        fails = false;
        Assert.Equal(200, (await edge.GetAsync("/")).Status);

        Assert.Equal(4, function.Runs);
    }

    [Theory]
    [InlineData(EventType.OriginRequest, true)]
    [InlineData(EventType.OriginRequest, false)]
    [InlineData(EventType.OriginResponse, true)]
    [InlineData(EventType.OriginResponse, false)]
    public async Task FunctionFailsOnOneQuery_ThePathStandsForTheOthers(EventType type, bool caches)
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var function = new ScriptedLambda(cf => (string?)cf["request"]!["querystring"] == "bad" ? new JsonObject() : cf["response"] ?? cf["request"]);
        BehaviorTriggers lambda = type == EventType.OriginRequest ? new() { OriginRequest = function } : new() { OriginResponse = function };
        var policy = caches ? ManagedPolicies.FindCachePolicy("CachingOptimized")! : TestEdge.CachingDisabled;
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), behavior => behavior with { CachePolicy = policy }, lambda: lambda);

        Assert.Equal((502, "LambdaValidationError from cloudfront"), Seen(await edge.GetAsync("/a?bad")));
        Assert.Equal((200, "Miss from cloudfront"), Seen(await edge.GetAsync("/a?good")));

        static (int, string?) Seen(RawResponse answer) => (answer.Status, answer["X-Cache"]);
    }

    [Fact]
    public async Task OriginAnswersAnError_ItIsStored_WithAFunctionBesideItToo()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
        var function = ScriptedLambda.Passing();
        await using var edge = await TestEdge.StartAsync(TestEdge.To(origin), lambda: new() { OriginResponse = function });

        Assert.Equal((503, 503), ((await edge.GetAsync("/a")).Status, (await edge.GetAsync("/a")).Status));

        Assert.Equal(1, function.Runs);
    }

    [Fact]
    public async Task Age_StandsInTheEventOfViewerResponse_WhichMayDeleteIt()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 200 OK\r\nAge: 40\r\nContent-Length: 2\r\n\r\nok");
        var function = ScriptedLambda.Passing(response => response["headers"]!.AsObject().Remove("age"));
        await using var edge = await CachingAsync(origin, new() { ViewerResponse = function });

        Assert.Equal((null, null), ((await edge.GetAsync("/"))["Age"], (await edge.GetAsync("/"))["Age"]));

        Assert.All(function.Events, cf => Assert.Equal("4", ((string?)cf["response"]!["headers"]!["age"]![0]!["value"])![..1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failover_RunsTheOriginTriggersAgain(bool withFunctions)
    {
        await using var primary = new ScriptedOrigin().Reply("HTTP/1.1 503 X\r\nContent-Length: 4\r\n\r\nmain");
        await using var spare = new ScriptedOrigin().Reply(Ok);
        var originRequest = ScriptedLambda.Passing(request => request["headers"]!["x-origin"] = Header(((int)request["origin"]!["custom"]!["port"]!).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        // The function hides the error, and the second origin is asked all the same: the origin's own status counts.
        var originResponse = ScriptedLambda.Passing(response => response["status"] = "200");
        var target = new OriginTarget(TestEdge.To(primary) with { Id = "main" }) { Secondary = TestEdge.To(spare) with { Id = "spare" }, FailoverStatusCodes = [503] };
        await using var edge = await TestEdge.StartAsync(TestEdge.To(primary), snapshot: snapshot => new EdgeSnapshot
        {
            AnyHostIsTheOnlyDistribution = true,
            Distributions = [snapshot.Distributions[0] with
            {
                DefaultBehavior = new LiveBehavior(snapshot.Distributions[0].DefaultBehavior.Behavior, target, withFunctions ? new() { OriginRequest = originRequest, OriginResponse = originResponse } : BehaviorTriggers.None),
            }],
        });

        var answer = await edge.GetAsync("/x");
        var entry = await edge.Log.NextAsync();

        Assert.Equal(("ok", "spare", "main answered 503"), (answer.Text, entry.OriginId, entry.FailoverReason));
        if (withFunctions)
        {
            Assert.Equal((primary.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), spare.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)), (primary.Requests[0]["X-Origin"], spare.Requests[0]["X-Origin"]));
            Assert.Equal((2, 2), (originRequest.Runs, originResponse.Runs));
        }
    }

    [Fact]
    public async Task Post_RunsAllFour_AndIncludeBodyShowsTheBody()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var (viewerRequest, originRequest) = (ScriptedLambda.Passing(), ScriptedLambda.Passing());
        await using var edge = await CachingAsync(origin, new() { ViewerRequest = new LambdaTrigger(viewerRequest, IncludeBody: true), OriginRequest = new(originRequest, IncludeBody: true) });

        await edge.AskAsync("POST /form HTTP/1.1\r\nHost: test\r\nContent-Length: 7\r\n\r\na=1&b=2");
        await edge.GetAsync("/page");

        foreach (var function in new[] { viewerRequest, originRequest })
        {
            Assert.Equal("a=1&b=2", BodyOf(function.Events[0]));
            Assert.Equal((false, "read-only", "base64"), Describe(function.Events[0]));
            Assert.Equal("", BodyOf(function.Events[1]));       // a GET has one too, empty
        }
        Assert.Equal("a=1&b=2", origin.Requests[0].Body);
    }

    [Fact]
    public async Task LargeBody_IsShownInPart_AndGoesOnWhole()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var (viewerRequest, originRequest) = (ScriptedLambda.Passing(), ScriptedLambda.Passing());
        await using var edge = await CachingAsync(origin, new() { ViewerRequest = new LambdaTrigger(viewerRequest, IncludeBody: true), OriginRequest = new(originRequest, IncludeBody: true) });
        var body = string.Concat(Enumerable.Range(0, 150_000).Select(i => i.ToString("d8", System.Globalization.CultureInfo.InvariantCulture)));

        await edge.AskAsync($"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        Assert.Equal((body[..(40 * 1024)], body[..(1024 * 1024)]), (BodyOf(viewerRequest.Events[0]), BodyOf(originRequest.Events[0])));
        Assert.True(Describe(viewerRequest.Events[0]).Truncated && Describe(originRequest.Events[0]).Truncated);
        Assert.True(body == origin.Requests[0].Body, "the body arrives byte for byte");
    }

    [Fact]
    public async Task BodyReplaced_TheOriginGetsTheNewOne()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var function = ScriptedLambda.Passing(request => request["body"] = new JsonObject { ["action"] = "replace", ["encoding"] = "text", ["data"] = "longer than before" });
        await using var edge = await CachingAsync(origin, new() { ViewerRequest = new LambdaTrigger(function, IncludeBody: true) });

        await edge.AskAsync("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nContent-Type: text/plain\r\n\r\nold");

        Assert.Equal(("longer than before", "18"), (origin.Requests[0].Body, origin.Requests[0]["Content-Length"]));
    }

    [Fact]
    public async Task BodyForAGet_IsRefused()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var function = ScriptedLambda.Passing(request => request["body"] = new JsonObject { ["action"] = "replace", ["encoding"] = "text", ["data"] = "x" });
        await using var edge = await CachingAsync(origin, new() { OriginRequest = function });

        Assert.Equal(502, (await edge.GetAsync("/")).Status);
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task ViewerEvents_ShowNoHeaderOfTheEdges_AndOriginEventsDo()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var (viewerRequest, originRequest, viewerResponse) = (ScriptedLambda.Passing(), ScriptedLambda.Passing(), ScriptedLambda.Passing());
        await using var edge = await CachingAsync(
            origin, new() { ViewerRequest = viewerRequest, OriginRequest = originRequest, ViewerResponse = viewerResponse },
            policy => policy with { Headers = ItemSet.Whitelist("CloudFront-Viewer-Country") }, country: "DE");

        await edge.GetAsync("/");

        Assert.Equal("DE", (string?)originRequest.Events[0]["request"]!["headers"]!["cloudfront-viewer-country"]?[0]!["value"]);
        Assert.Null(viewerRequest.Events[0]["request"]!["headers"]!["cloudfront-viewer-country"]);
        Assert.Null(viewerResponse.Events[0]["request"]!["headers"]!["cloudfront-viewer-country"]);
    }

    [Fact]
    public async Task TierOneOnViewerEvents_WorksWithTierTwoAtTheOrigin()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var originRequest = ScriptedLambda.Passing();
        await using var edge = await TestEdge.StartAsync(
            TestEdge.To(origin), viewerRequest: ScriptedFunction.Editing(e => e.Request.Uri = "/by-function"),
            viewerResponse: ScriptedFunction.Editing(e => e.Response!.Headers.Set("X-One", "1")), lambda: new() { OriginRequest = originRequest });

        Assert.Equal("1", (await edge.GetAsync("/"))["X-One"]);
        Assert.Equal("/by-function", (string?)originRequest.Events[0]["request"]!["uri"]);
    }

    [Fact]
    public async Task ViewerResponse_ChangesHeadersOfEveryAnswer_ButNotWhatIsCached()
    {
        await using var origin = new ScriptedOrigin().Reply(Ok);
        var count = 0;
        await using var edge = await CachingAsync(origin, new()
        {
            ViewerResponse = ScriptedLambda.Passing(response => response["headers"]!["x-count"] = Header((++count).ToString(System.Globalization.CultureInfo.InvariantCulture))),
        });

        Assert.Equal(("1", "2"), ((await edge.GetAsync("/"))["X-Count"], (await edge.GetAsync("/"))["X-Count"]));
    }

    private static JsonArray Header(string value) => [new JsonObject { ["value"] = value }];

    private static string BodyOf(JsonNode cf) => Encoding.UTF8.GetString(Convert.FromBase64String((string)cf["request"]!["body"]!["data"]!));

    private static (bool Truncated, string? Action, string? Encoding) Describe(JsonNode cf)
    {
        var body = cf["request"]!["body"]!;
        return ((bool)body["inputTruncated"]!, (string?)body["action"], (string?)body["encoding"]);
    }

    private static Task<TestEdge> CachingAsync(ScriptedOrigin origin, BehaviorTriggers lambda, Func<CachePolicy, CachePolicy>? policy = null, string? country = null)
    {
        var caching = ManagedPolicies.FindCachePolicy("658327ea-f89d-4fab-a63d-7e88639e58f6")!;
        return TestEdge.StartAsync(
            TestEdge.To(origin), behavior => behavior with { CachePolicy = policy?.Invoke(caching) ?? caching, OriginRequestPolicy = null },
            snapshot: snapshot => new EdgeSnapshot { Distributions = snapshot.Distributions, AnyHostIsTheOnlyDistribution = true, ViewerCountry = country }, lambda: lambda);
    }
}
