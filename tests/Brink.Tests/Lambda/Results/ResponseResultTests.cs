using System.Text.Json.Nodes;
using Brink.Events;
using Brink.Http;
using Brink.Lambda.Results;
using static Brink.Tests.Lambda.LambdaFixture;

namespace Brink.Tests.Lambda.Results;

/// <summary>Lambda-edge spec 2.3 and 2.4: what response functions may change of a response.</summary>
public sealed class ResponseResultTests
{
    [Theory]
    [InlineData(EventType.OriginResponse)]
    [InlineData(EventType.ViewerResponse)]
    public void Unchanged_LeavesEveryByte(EventType type)
    {
        var response = Response(206,
            ("set-cookie", "a=1; Path=/"), ("ETag", "\"x\""), ("Set-Cookie", "b=2"), ("X-Cache", "Hit"), ("X-Latin", "\u00fc"), ("Content-Length", "15"), ("Via", "1.1 x"), ("Transfer-Encoding", "chunked"));
        response.StatusDescription = "Gr\u00fc\u00dfe";
        var before = Wire(response);

        var outcome = Edit(Event(type, response: response), _ => { });

        Assert.Same(LambdaOutcome.ContinueResponse.Unchanged, outcome);
        AppliedToResponse(Event(type, response: response), outcome);
        Assert.Equal(before, Wire(response));
    }

    [Theory]
    [InlineData(EventType.OriginResponse)]
    [InlineData(EventType.ViewerResponse)]
    public void WithoutAStatus_IsRefused(EventType type)
    {
        Assert.StartsWith("response.status is missing", ProblemOf(Read(Event(type), "{}")), StringComparison.Ordinal);
        Assert.StartsWith("response.status is missing", ProblemOf(Read(Event(type), Seen(Event(type))["request"]!.ToJsonString())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"302\"", null, "302 (standard)")]
    [InlineData("302", null, "302 (standard)")]
    [InlineData("302", "Found", "302 Found")]
    [InlineData("302", "OK", "302 OK")]
    [InlineData("200", null, "200 (standard)")]
    [InlineData("200", "OK", "200 (standard)")]
    [InlineData("\"200\"", "Fine", "200 Fine")]
    [InlineData("599", "", "599 ")]
    public void OriginResponse_MaySetTheStatus(string status, string? description, string line)
    {
        var @event = Event(EventType.OriginResponse);
        AppliedToResponse(@event, result =>
        {
            result["status"] = JsonNode.Parse(status);
            result.Remove("statusDescription");
            if (description is not null)
                result["statusDescription"] = description;
        });

        Assert.Equal(line, Wire(@event.Response!).Split('\n')[0]);
    }

    [Fact]
    public void OriginResponse_WithoutHeaders_LeavesThem_AndWithAnEmptyMapRemovesThem()
    {
        var @event = Event(EventType.OriginResponse, response: Response(200, ("A", "1"), ("X-Amz-Cf-Id", "hidden")));
        AppliedToResponse(@event, Read(@event, """{"status":"201"}"""));
        Assert.Equal("A: 1\nX-Amz-Cf-Id: hidden", Lines(@event.Response!.Headers));

        AppliedToResponse(@event, Read(@event, """{"status":"201","headers":{}}"""));
        Assert.Equal("X-Amz-Cf-Id: hidden", Lines(@event.Response.Headers));
    }

    public static TheoryData<string, string?> Bodies => new()
    {
        { "", null },
        { ",\"body\":null", null },
        { ",\"bodyEncoding\":\"base64\"", null },
        { ",\"body\":\"\"", "" },
        { ",\"body\":\"new\"", "new" },
        { ",\"body\":\"bmV3\",\"bodyEncoding\":\"base64\"", "new" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void OriginResponse_ReplacesTheBodyWhereThereIsOne(string body, string? sent)
    {
        var response = Response(200, ("Content-Length", "15"), ("Content-Encoding", "gzip"), ("ETag", "\"x\""), ("Transfer-Encoding", "chunked"));
        var old = response.Body;
        var @event = Event(EventType.OriginResponse, response: response);
        AppliedToResponse(@event, Read(@event, $$"""{"status":"200"{{body}}}"""));

        if (sent is null)
        {
            Assert.Same(old, response.Body);
            Assert.Equal("Content-Length: 15\nContent-Encoding: gzip\nETag: \"x\"\nTransfer-Encoding: chunked", Lines(response.Headers));
            return;
        }
        Assert.Equal(sent, TextOf(response.Body));
        Assert.Equal($"Content-Length: {sent.Length}\nETag: \"x\"", Lines(response.Headers));
    }

    [Fact]
    public void ReplacedBody_KeepsTheEncodingThatTheFunctionSet()
    {
        var @event = Event(EventType.OriginResponse, response: Response(200, ("Content-Encoding", "gzip")));
        AppliedToResponse(@event, Read(@event, """{"status":"200","headers":{"content-encoding":[{"value":"br"}]},"body":"YQ==","bodyEncoding":"base64"}"""));

        Assert.Equal("Content-Encoding: br\nContent-Length: 1", Lines(@event.Response!.Headers));
    }

    [Fact]
    public void ReplacedBody_OverOneMegabyte_IsRefused()
    {
        LambdaOutcome Replace(int length) => Read(Event(EventType.OriginResponse), $$"""{"status":"200","body":"{{new string('b', length)}}"}""");

        Assert.Equal("", ProblemOf(Replace(1024 * 1024)));
        Assert.StartsWith("response.body must not be over 1,048,576 bytes, and has 1,048,577", ProblemOf(Replace(1024 * 1024 + 1)), StringComparison.Ordinal);
    }

    [Fact]
    public void OriginResponse_WithABodyFor204_IsRefused() =>
        Assert.StartsWith("response.body must be empty when the status is 204", ProblemOf(Read(Event(EventType.OriginResponse), """{"status":"204","body":"a"}""")), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"status":"404"}""", "response.status cannot be changed in viewer-response, and is 200, not 404")]
    [InlineData("""{"status":500}""", "response.status cannot be changed in viewer-response, and is 200, not 500")]
    [InlineData("""{"status":"200","statusDescription":"Fine"}""", "response.statusDescription cannot be changed in viewer-response")]
    public void ViewerResponse_CannotChangeTheStatus(string json, string detail)
    {
        var outcome = Read(Event(EventType.ViewerResponse), json);

        Assert.StartsWith(detail, ProblemOf(outcome), StringComparison.Ordinal);
        Assert.Equal("The Lambda function result failed validation: The function tried to change the status in a viewer response event.", MessageOf(outcome));
    }

    [Theory]
    [InlineData("""{"status":"200","body":"new"}""")]
    [InlineData("""{"status":200,"body":{},"bodyEncoding":"none"}""")]
    public void ViewerResponse_HasNoSayOverTheBody(string json)
    {
        var @event = Event(EventType.ViewerResponse);
        AppliedToResponse(@event, Read(@event, json));

        Assert.Equal("200 (standard)\n\n\nfrom the origin", Wire(@event.Response!));
    }

    [Fact]
    public void ViewerResponse_ChangesHeaders()
    {
        var @event = Event(EventType.ViewerResponse, response: Response(200, ("Age", "3"), ("Server", "x"), ("Content-Length", "15")));
        AppliedToResponse(@event, result =>
        {
            result["headers"]!.AsObject().Remove("server");
            result["headers"]!["strict-transport-security"] = Entries("Strict-Transport-Security", "max-age=63072000");
        });

        Assert.Equal("Age: 3\nContent-Length: 15\nStrict-Transport-Security: max-age=63072000", Lines(@event.Response!.Headers));
    }

    [Fact]
    public void SharedFields_OfACachedObject_AreNotTouched()
    {
        HeaderField[] cached = [new("A", "1"), new("B", "2")];
        var response = new EdgeResponse { Headers = HeaderList.Share(cached) };
        AppliedToResponse(Event(EventType.ViewerResponse, response: response), result => result["headers"]!["a"]![0]!["value"] = "changed");

        Assert.Equal("A: changed\nB: 2", Lines(response.Headers));
        Assert.Equal("1", cached[0].Value);
    }
}
