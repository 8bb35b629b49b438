using System.Text.Json.Nodes;
using Brink.Events;
using Brink.Lambda.Results;
using Brink.Quotas;
using static Brink.Tests.Lambda.LambdaFixture;

namespace Brink.Tests.Lambda.Results;

/// <summary>Lambda-edge spec 2.2: responses that request functions make.</summary>
public sealed class GeneratedResponseTests
{
    public static TheoryData<string, int> Statuses => new()
    {
        { "\"200\"", 200 }, { "200", 200 }, { "\"302\"", 302 }, { "302", 302 }, { "\"404\"", 404 }, { "\"599\"", 599 }, { "599", 599 }, { "204", 204 }, { "\"\\u0032\\u0030\\u0030\"", 200 },
    };

    [Theory]
    [MemberData(nameof(Statuses))]
    public void Status_IsATextOrAnInteger(string status, int code)
    {
        foreach (var type in new[] { EventType.ViewerRequest, EventType.OriginRequest })
            Assert.Equal(code, Generated(Read(Event(type), $$"""{"status":{{status}}}""")).StatusCode);
    }

    [Theory]
    [InlineData("\"199\"")]
    [InlineData("\"600\"")]
    [InlineData("199")]
    [InlineData("600")]
    [InlineData("0")]
    [InlineData("-200")]
    [InlineData("200.5")]
    [InlineData("2e2")]
    [InlineData("1e999")]
    [InlineData("99999999999999999999999999")]
    [InlineData("\"\"")]
    [InlineData("\" 200\"")]
    [InlineData("\"200 \"")]
    [InlineData("\"+200\"")]
    [InlineData("\"0200\"")]
    [InlineData("\"2e2\"")]
    [InlineData("\"200 OK\"")]
    [InlineData("\"٢٠٠\"")]
    [InlineData("true")]
    [InlineData("[200]")]
    [InlineData("{}")]
    public void Status_ThatIsNone_IsRefused(string status)
    {
        foreach (var type in new[] { EventType.ViewerRequest, EventType.OriginRequest, EventType.OriginResponse, EventType.ViewerResponse })
            Assert.StartsWith("response.status must be a string of three digits", ProblemOf(Read(Event(type), $$"""{"status":{{status}}}""")), StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_BecomeTheResponse()
    {
        var response = Generated(Read(Event(EventType.OriginRequest),
            """
            {"status":"201","statusDescription":"Done","headers":{"set-cookie":[{"key":"Set-Cookie","value":"a=1"},{"value":"b=2"}],"X-B":[{"value":"ü"}]},
             "body":"<p>\u00fc</p>","bodyEncoding":"text"}
            """));

        Assert.Equal("201 Done\nSet-Cookie: a=1\nSet-Cookie: b=2\nX-B: \u00c3\u00bc\nContent-Length: 9\n\n<p>ü</p>", Wire(response));
    }

    [Theory]
    [InlineData("""{"status":"200"}""", "")]
    [InlineData("""{"status":"200","body":null}""", "")]
    [InlineData("""{"status":"200","body":""}""", "")]
    [InlineData("""{"status":"200","body":"text"}""", "text")]
    [InlineData("""{"status":"200","body":"text","bodyEncoding":null}""", "text")]
    [InlineData("""{"status":"200","body":"dGV4dA==","bodyEncoding":"base64"}""", "text")]
    [InlineData("""{"status":"200","body":"dGV4dA==","bodyEncoding":"text"}""", "dGV4dA==")]
    [InlineData("""{"status":"200","body":"\/\ud83d\ude00\ud83d"}""", "/😀\ufffd")]
    [InlineData("""{"status":"200","bodyEncoding":"base64","body":""}""", "")]
    [InlineData("""{"status":"204","body":""}""", "")]
    [InlineData("""{"status":204}""", "")]
    [InlineData("""{"status":"200","headers":null,"uri":"/ignored","unknown":{"a":[1]}}""", "")]
    public void Body_IsDecoded(string json, string body) => Assert.Equal(body, TextOf(Generated(Read(Event(EventType.ViewerRequest), json)).Body));

    [Theory]
    [InlineData("""{"status":"200","body":{}}""", "response.body must be a string, not an object")]
    [InlineData("""{"status":"200","body":1}""", "response.body must be a string, not a number")]
    [InlineData("""{"status":"200","body":true}""", "response.body must be a string, not a boolean")]
    [InlineData("""{"status":"200","body":["a"]}""", "response.body must be a string, not an array")]
    public void Body_ThatIsNoText_IsRefusedInCloudFrontsWords(string json, string detail)
    {
        foreach (var type in new[] { EventType.ViewerRequest, EventType.OriginRequest, EventType.OriginResponse })
        {
            var outcome = Read(Event(type), json);
            Assert.StartsWith(detail, ProblemOf(outcome), StringComparison.Ordinal);
            Assert.Equal("The Lambda function result failed validation: The body is not a string, is not an object, or exceeds the maximum size.", MessageOf(outcome));
        }
    }

    [Theory]
    [InlineData("""{"status":"200","body":"a","bodyEncoding":"gzip"}""", "response.bodyEncoding must be 'text' or 'base64', not 'gzip'")]
    [InlineData("""{"status":"200","body":"a","bodyEncoding":7}""", "response.bodyEncoding must be 'text' or 'base64', not 7")]
    [InlineData("""{"status":"200","body":"a!","bodyEncoding":"base64"}""", "response.body must be valid base64")]
    [InlineData("""{"status":"200","body":"YQ","bodyEncoding":"base64"}""", "response.body must be valid base64")]
    [InlineData("""{"status":"200","body":"YWJj YWJj","bodyEncoding":"base64"}""", "response.body must be valid base64")]
    [InlineData("""{"status":"200","body":"YWJj====","bodyEncoding":"base64"}""", "response.body must be valid base64")]
    [InlineData("""{"status":"204","body":"a"}""", "response.body must be empty when the status is 204")]
    [InlineData("""{"status":204,"body":"YQ==","bodyEncoding":"base64"}""", "response.body must be empty when the status is 204")]
    [InlineData("""{"status":"200","statusDescription":1}""", "response.statusDescription must be a string")]
    [InlineData("""{"status":"200","statusDescription":"a\r\nb"}""", "response.statusDescription must be a string")]
    [InlineData("""{"status":"200","headers":[]}""", "response.headers must be an object, not an array")]
    [InlineData("""{"status":"200","headers":{"location":"/"}}""", "response.headers['location'] must be an array, not a string")]
    [InlineData("""{"status":"200","headers":{"location":[{"key":"Location"}]}}""", "response.headers['location'][0].value is missing")]
    [InlineData("""{"status":"200","headers":{"x-a":[{"value":"1"}],"x-a":[{"value":"2"}]}}""", "response.headers['x-a'] is there twice")]
    [InlineData("""{"status":"200","headers":{"x-a":[{"value":"1"}],"X-A":[]}}""", "response.headers['x-a'] is there twice")]
    [InlineData("""{"status":"200","headers":{"x-a":[{"value":"a\nb"}]}}""", "response.headers['x-a'] must not have control characters")]
    public void InvalidPart_IsRefused(string json, string detail)
    {
        foreach (var type in new[] { EventType.ViewerRequest, EventType.OriginRequest, EventType.OriginResponse })
            Assert.StartsWith(detail, ProblemOf(Read(Event(type), json)), StringComparison.Ordinal);
    }

    [Fact]
    public void HeaderThatIsNoArray_IsRefusedInCloudFrontsWords() =>
        Assert.Equal(
            "The Lambda function returned an invalid entry in the headers object: Each header entry in the headers object must be an array.",
            MessageOf(Read(Event(EventType.ViewerRequest), """{"status":"302","headers":{"location":"/"}}""")));

    [Theory]
    [InlineData(EventType.ViewerRequest, 40 * 1024)]
    [InlineData(EventType.OriginRequest, 1024 * 1024)]
    public void Size_IsHeadersAndDecodedBody(EventType type, int quota)
    {
        const int header = 3 + 2 + 4;       // X-A, 12, and what a line needs
        LambdaOutcome Respond(int length, string encoding) => Read(Event(type), new JsonObject
        {
            ["status"] = "200", ["bodyEncoding"] = encoding, ["headers"] = new JsonObject { ["x-a"] = Entries("X-A", "12") },
            ["body"] = encoding == "text" ? new string('b', length) : Convert.ToBase64String(new byte[length]),
        }.ToJsonString());

        foreach (var encoding in new[] { "text", "base64" })
        {
            Assert.Equal(quota - header, Generated(Respond(quota - header, encoding)).Body.Length);
            Assert.StartsWith("response must not be over its quota", ProblemOf(Respond(quota - header + 1, encoding)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void OwnQuota_IsObeyed()
    {
        var small = LambdaQuotas.Classic with { Name = "mine", Viewer = LambdaQuotas.Classic.Viewer with { GeneratedResponseBytes = 10 } };

        Assert.Equal("", ProblemOf(Read(Event(EventType.ViewerRequest), """{"status":"200","body":"0123456789"}""", small)));
        Assert.NotEqual("", ProblemOf(Read(Event(EventType.ViewerRequest), """{"status":"200","body":"01234567890"}""", small)));
        Assert.NotEqual("", ProblemOf(Read(Event(EventType.ViewerRequest), """{"status":"200","headers":{"x-abcdef":[{"value":"1"}]}}""", small)));
    }

    [Theory]
    [InlineData("null", "The Lambda function returned invalid JSON: The JSON output must be an object type.")]
    [InlineData("[]", "The Lambda function returned invalid JSON: The JSON output must be an object type.")]
    [InlineData("\"text\"", "The Lambda function returned invalid JSON: The JSON output must be an object type.")]
    [InlineData("1", "The Lambda function returned invalid JSON: The JSON output must be an object type.")]
    [InlineData("", "The Lambda function returned invalid JSON: The JSON output is not parsable.")]
    [InlineData("{", "The Lambda function returned invalid JSON: The JSON output is not parsable.")]
    [InlineData("{}{}", "The Lambda function returned invalid JSON: The JSON output is not parsable.")]
    [InlineData("{'a':1}", "The Lambda function returned invalid JSON: The JSON output is not parsable.")]
    [InlineData("{\"a\":NaN}", "The Lambda function returned invalid JSON: The JSON output is not parsable.")]
    [InlineData("{\"a\":\"\\ud8\"}", "The Lambda function returned invalid JSON: The JSON output is not parsable.")]
    [InlineData("{\"a\":\"\\", "The Lambda function returned invalid JSON: The JSON output is not parsable.")]
    [InlineData("undefined", "The Lambda function returned invalid JSON: The JSON output is not parsable.")]
    public void WhatIsNoObject_IsRefusedInCloudFrontsWords(string json, string message)
    {
        foreach (var type in new[] { EventType.ViewerRequest, EventType.OriginRequest, EventType.OriginResponse, EventType.ViewerResponse })
            Assert.Equal(message, MessageOf(Read(Event(type), json)));
    }
}
