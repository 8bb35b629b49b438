using System.Text;
using Brink.Events;
using Brink.Functions;
using Brink.Functions.JavaScript;
using Brink.Functions.KeyValueStores;
using Brink.Functions.Testing;
using Brink.Http;
using Brink.JavaScript;

namespace Brink.Tests.Functions;

/// <summary>Runs scripts as functions, on messages or on test events.</summary>
internal static class FunctionFixture
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    public const string RequestEvent = """
        {"version":"1.0","context":{"eventType":"viewer-request"},"viewer":{"ip":"198.51.100.11"},
         "request":{"method":"GET","uri":"/a/b","querystring":{},"headers":{"host":{"value":"www.example.com"}},"cookies":{}}}
        """;

    public static JavaScriptFunction Compile(string code, Runtime runtime = Runtime.CloudFrontJs20, KeyValueStore? store = null, FunctionLimits? limits = null) =>
        JavaScriptFunction.Compile(
            new FunctionSource { Name = "under-test", FileName = "under-test.js", Runtime = runtime, Code = Encoding.UTF8.GetBytes(code), KeyValueStore = store },
            limits ?? FunctionLimits.Default,
            new StandingClock());

    /// <summary>A viewer-request function whose body stands between <c>var request = event.request</c> and <c>return request</c>.</summary>
    public static FunctionRun OnRequest(string body, EdgeRequest request, Runtime runtime = Runtime.CloudFrontJs20, Func<string, bool>? shows = null) =>
        Run(Compile($"function handler(event) {{ var request = event.request; {body}; return request; }}", runtime), EventType.ViewerRequest, request, null, shows);

    /// <summary>A viewer-response function whose body stands between <c>var response = event.response</c> and <c>return response</c>.</summary>
    public static FunctionRun OnResponse(string body, EdgeResponse response, EdgeRequest? request = null, Runtime runtime = Runtime.CloudFrontJs20) =>
        Run(Compile($"function handler(event) {{ var response = event.response; {body}; return response; }}", runtime), EventType.ViewerResponse, request ?? Request(), response);

    public static FunctionRun Run(JavaScriptFunction function, EventType type, EdgeRequest request, EdgeResponse? response, Func<string, bool>? shows = null)
    {
        var run = function.InvokeAsync(
            new TriggerEvent
            {
                EventType = type,
                Request = request,
                Response = response,
                DistributionDomainName = "d111111abcdef8.cloudfront.net",
                DistributionId = "EDFDVBD6EXAMPLE",
                ShowsCloudFrontHeader = shows,
            },
            CancellationToken.None).AsTask();
        Assert.True(run.IsCompletedSuccessfully);       // a run never waits
        return run.Result;
    }

    /// <summary>What an expression of the event is, as JSON text; the request is passed on.</summary>
    public static string Seen(string expression, EdgeRequest request, EdgeResponse? response = null, Runtime runtime = Runtime.CloudFrontJs20, Func<string, bool>? shows = null)
    {
        var code = $"function handler(event) {{ console.log(JSON.stringify({expression})); return event.{(response is null ? "request" : "response")}; }}";
        var run = Run(Compile(code, runtime), response is null ? EventType.ViewerRequest : EventType.ViewerResponse, request, response, shows);
        Assert.Equal("", MessageOf(run));
        return Assert.Single(run.Logs);
    }

    /// <summary>The value of an expression, printed by console.log; what it throws as <c>name: message</c>.</summary>
    public static string Evaluate(string expression, Runtime runtime = Runtime.CloudFrontJs20, KeyValueStore? store = null)
    {
        var code = runtime == Runtime.CloudFrontJs20
            ? $"import cf from 'cloudfront'; async function handler(event) {{ try {{ var result = {expression}; console.log(result); }} catch (e) {{ console.log(e.name + ': ' + e.message); }} return event.request; }}"
            : $"function handler(event) {{ try {{ console.log({expression}); }} catch (e) {{ console.log(e.name + ': ' + e.message); }} return event.request; }}";
        var run = Run(Compile(code, runtime, store), EventType.ViewerRequest, Request(), null);
        Assert.Equal("", MessageOf(run));
        return Assert.Single(run.Logs);
    }

    public static Brink.Functions.Testing.TestResult Test(string code, string eventObject = RequestEvent, Runtime runtime = Runtime.CloudFrontJs20, KeyValueStore? store = null) =>
        Assert.IsType<TestOutcome.Tested>(FunctionTestRunner.Test(Compile(code, runtime, store), Encoding.UTF8.GetBytes(eventObject), Now)).Result;

    public static string MessageOf(FunctionRun run) => run.Outcome is FunctionOutcome.Fail(var error) ? error.Message : "";

    /// <summary>The rule that a validation error names, without AWS's sentence before it.</summary>
    public static string InvalidityOf(FunctionRun run)
    {
        var error = Assert.IsType<FunctionOutcome.Fail>(run.Outcome).Error;
        const string sentence = "The CloudFront function returned an invalid value: ";
        Assert.True(error.Kind == FunctionErrorKind.Validation, error.Message);
        Assert.StartsWith(sentence, error.Message, StringComparison.Ordinal);
        return error.Message[sentence.Length..];
    }

    public static EdgeResponse Generated(FunctionRun run) => run.Outcome switch
    {
        FunctionOutcome.Respond(var response) => response,
        FunctionOutcome.Fail(var error) => throw new InvalidOperationException(error.Message),
        _ => throw new InvalidOperationException("went on"),
    };

    public static EdgeRequest Request(string uri = "/a/b", string? query = null, params (string Name, string Value)[] headers)
    {
        var request = new EdgeRequest { Uri = uri, QueryString = query, ClientIp = "198.51.100.11", RequestId = "id-of-this-request" };
        request.Headers.Add("Host", "www.example.com");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return request;
    }

    public static EdgeResponse Response(int status = 200, params (string Name, string Value)[] headers)
    {
        var response = new EdgeResponse { StatusCode = status };
        foreach (var (name, value) in headers)
            response.Headers.Add(name, value);
        return response;
    }

    /// <summary>All fields, one a line.</summary>
    public static string Lines(HeaderList fields) => string.Join("\n", fields.Select(field => $"{field.Name}: {field.Value}"));

    public static string TextOf(MessageBody body) => Encoding.UTF8.GetString(Assert.IsType<BytesBody>(body).Bytes.Span);

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
