using System.Text;
using System.Text.Json.Nodes;
using Brink.Distributions;
using Brink.Events;
using Brink.Http;
using Brink.Lambda.Events;
using Brink.Lambda.Results;
using Brink.Quotas;

namespace Brink.Tests.Lambda;

/// <summary>Events of Lambda@Edge functions, and the outcomes of their results.</summary>
internal static class LambdaFixture
{
    public static readonly CustomOrigin Server = new()
    {
        Id = "server", DomainName = "origin.example.com", OriginPath = "/base", CustomHeaders = [new HeaderField("X-Secret", "s3cret")],
    };

    public static readonly S3Origin Bucket = new() { Id = "bucket", DomainName = "b.s3.us-east-1.amazonaws.com", Region = "us-east-1", AuthMethod = S3AuthMethod.OriginAccessIdentity };

    public static EdgeRequest Request(params (string Name, string Value)[] headers)
    {
        var request = new EdgeRequest
        {
            Method = "GET", Uri = "/a/b", QueryString = "x=1&y=2", ClientIp = "203.0.113.178", RequestId = "id-of-this-request", IsHttps = true,
        };
        request.Headers.Add("Host", "www.example.com");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return request;
    }

    public static EdgeResponse Response(int status = 200, params (string Name, string Value)[] headers)
    {
        var response = new EdgeResponse { StatusCode = status, Body = new BytesBody("from the origin"u8.ToArray()) };
        foreach (var (name, value) in headers)
            response.Headers.Add(name, value);
        return response;
    }

    public static LambdaEvent Event(EventType type, EdgeRequest? request = null, EdgeResponse? response = null, Origin? origin = null, ExposedBody? body = null, Func<string, bool>? shows = null) => new()
    {
        EventType = type,
        Request = request ?? Request(),
        Response = type is EventType.OriginResponse or EventType.ViewerResponse ? response ?? Response() : null,
        Origin = type is EventType.OriginRequest or EventType.OriginResponse ? origin ?? Server : null,
        Body = body,
        DistributionDomainName = "d111111abcdef8.cloudfront.net",
        DistributionId = "EDFDVBD6EXAMPLE",
        ShowsCloudFrontHeader = shows,
    };

    /// <summary>The event as a function sees it: <c>Records[0].cf</c>.</summary>
    public static JsonObject Seen(LambdaEvent @event)
    {
        using var payload = EventWriter.Write(@event);
        var record = JsonNode.Parse(payload.Json.Span)!["Records"]!.AsArray();
        Assert.Single(record);
        return record[0]!["cf"]!.AsObject();
    }

    /// <summary>What the function of an event returns by habit: the request, or the response.</summary>
    public static JsonObject Returned(LambdaEvent @event) =>
        Seen(@event)[@event.EventType is EventType.ViewerRequest or EventType.OriginRequest ? "request" : "response"]!.AsObject();

    public static LambdaOutcome Read(LambdaEvent @event, string json, LambdaQuotas? quotas = null) =>
        ResultReader.Read(@event, Encoding.UTF8.GetBytes(json), quotas ?? LambdaQuotas.Classic);

    /// <summary>The function changed what it was given, and returned it.</summary>
    public static LambdaOutcome Edit(LambdaEvent @event, Action<JsonObject> edit)
    {
        var returned = Returned(@event);
        edit(returned);
        return Read(@event, returned.ToJsonString());
    }

    /// <summary>The function changed the request, which goes on: the difference, applied.</summary>
    public static RequestDifference Applied(LambdaEvent @event, Action<JsonObject> edit) => Applied(@event, Edit(@event, edit));

    public static RequestDifference Applied(LambdaEvent @event, LambdaOutcome outcome)
    {
        Assert.Equal("", ProblemOf(outcome));
        var difference = Assert.IsType<LambdaOutcome.ContinueRequest>(outcome).Difference;
        difference.ApplyTo(@event.Request);
        return difference;
    }

    /// <summary>The function changed the response, which goes on: the difference, applied.</summary>
    public static ResponseDifference AppliedToResponse(LambdaEvent @event, Action<JsonObject> edit) => AppliedToResponse(@event, Edit(@event, edit));

    public static ResponseDifference AppliedToResponse(LambdaEvent @event, LambdaOutcome outcome)
    {
        Assert.Equal("", ProblemOf(outcome));
        var difference = Assert.IsType<LambdaOutcome.ContinueResponse>(outcome).Difference;
        difference.ApplyTo(@event.Response!);
        return difference;
    }

    public static EdgeResponse Generated(LambdaOutcome outcome)
    {
        Assert.Equal("", ProblemOf(outcome));
        return Assert.IsType<LambdaOutcome.Respond>(outcome).Response;
    }

    public static string ProblemOf(LambdaOutcome outcome) => outcome is LambdaOutcome.Fail(var error) ? error.Detail : "";

    public static string MessageOf(LambdaOutcome outcome) => Assert.IsType<LambdaOutcome.Fail>(outcome).Error.Message;

    public static JsonArray Entries(string key, params string[] values) => new([.. values.Select(value => (JsonNode)new JsonObject { ["key"] = key, ["value"] = value })]);

    public static string Lines(HeaderList fields) => string.Join("\n", fields.Select(field => $"{field.Name}: {field.Value}"));

    /// <summary>Everything of a request that goes on the wire.</summary>
    public static string Wire(EdgeRequest request) => $"{request.Method} {request.Uri}?{request.QueryString ?? "(none)"}\n{Lines(request.Headers)}";

    /// <summary>Everything of a response that goes on the wire.</summary>
    public static string Wire(EdgeResponse response) => $"{response.StatusCode} {response.StatusDescription ?? "(standard)"}\n{Lines(response.Headers)}\n\n{TextOf(response.Body)}";

    public static string TextOf(MessageBody body) => Encoding.UTF8.GetString(Assert.IsType<BytesBody>(body).Bytes.Span);
}
