using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Distributions;
using Brink.Events;
using Brink.Http;
using Brink.Lambda.Events;
using Brink.Quotas;
using static Brink.Tests.Lambda.LambdaFixture;

namespace Brink.Tests.Lambda.Events;

/// <summary>Lambda-edge spec 1: what functions see.</summary>
public sealed class EventWriterTests
{
    private static readonly EventType[] All = [EventType.ViewerRequest, EventType.OriginRequest, EventType.OriginResponse, EventType.ViewerResponse];

    public static TheoryData<EventType> Events => [.. All];

    private static void ShouldBe(string expected, JsonNode? node) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), node), $"expected {expected}\nbut it was {node?.ToJsonString()}");

    [Fact]
    public void ViewerRequest_IsTheDocumentedObject()
    {
        var @event = Event(EventType.ViewerRequest, Request(("Accept", "*/*"), ("User-Agent", "curl/8")));
        using var payload = EventWriter.Write(@event);

        ShouldBe(
            """
            {"Records":[{"cf":{
              "config":{"distributionDomainName":"d111111abcdef8.cloudfront.net","distributionId":"EDFDVBD6EXAMPLE","eventType":"viewer-request","requestId":"id-of-this-request"},
              "request":{"clientIp":"203.0.113.178","headers":{
                  "host":[{"key":"Host","value":"www.example.com"}],"accept":[{"key":"Accept","value":"*/*"}],"user-agent":[{"key":"User-Agent","value":"curl/8"}]},
                "method":"GET","querystring":"x=1&y=2","uri":"/a/b"}}}]}
            """,
            JsonNode.Parse(payload.Json.Span));
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void EveryEvent_NamesItselfAndTheRequest(EventType type)
    {
        var config = Seen(Event(type))["config"]!;

        Assert.Equal(type.ToName(), (string?)config["eventType"]);
        Assert.Equal("id-of-this-request", (string?)config["requestId"]);
    }

    [Theory]
    [InlineData(EventType.ViewerRequest, "clientIp headers method querystring uri", null)]
    [InlineData(EventType.OriginRequest, "clientIp headers method origin querystring uri", null)]
    [InlineData(EventType.OriginResponse, "clientIp headers method origin querystring uri", "headers status statusDescription")]
    [InlineData(EventType.ViewerResponse, "clientIp headers method querystring uri", "headers status statusDescription")]
    public void EachEvent_HasItsParts(EventType type, string request, string? response)
    {
        var cf = Seen(Event(type));

        Assert.Equal(request, string.Join(' ', cf["request"]!.AsObject().Select(part => part.Key).Order(StringComparer.Ordinal)));
        Assert.Equal(response, cf["response"] is { } given ? string.Join(' ', given.AsObject().Select(part => part.Key).Order(StringComparer.Ordinal)) : null);
    }

    [Fact]
    public void RepeatedHeaders_AreEntriesOfOneNameInOrder_EachWithItsOwnSpelling()
    {
        var headers = Seen(Event(EventType.ViewerRequest, Request(("X-A", "1"), ("Cookie", "a=1"), ("x-a", "2"), ("cookie", "b=2; c=3"))))["request"]!["headers"];

        ShouldBe("""[{"key":"X-A","value":"1"},{"key":"x-a","value":"2"}]""", headers!["x-a"]);
        ShouldBe("""[{"key":"Cookie","value":"a=1"},{"key":"cookie","value":"b=2; c=3"}]""", headers["cookie"]);
    }

    [Fact]
    public void Host_KeepsItsPort() =>
        Assert.Equal("www.example.com:8080", Seen(Event(EventType.ViewerRequest, WithHost("www.example.com:8080")))["request"]!["headers"]!["host"]![0]!["value"]!.ToString());

    private static EdgeRequest WithHost(string host)
    {
        var request = Request();
        request.Headers.Set("Host", host);
        return request;
    }

    [Fact]
    public void NoQuery_IsAnEmptyText()
    {
        var request = Request();
        request.QueryString = null;

        Assert.Equal("", (string?)Seen(Event(EventType.ViewerRequest, request))["request"]!["querystring"]);
    }

    public static TheoryData<string, string> Texts => new()
    {
        { "plain", "plain" },
        { "quote \" and \\ and <&>'+", "quote \" and \\ and <&>'+" },
        { Wire("Grüße, 世界 😀"), "Grüße, 世界 😀" },          // UTF-8 on the wire
        { "Gr\u00fc\u00dfe", "Grüße" },                                 // ISO-8859-1 on the wire
        { "\u00ff\u00fe", "ÿþ" },                                       // no UTF-8 at all
        { Wire("ü") + "\u00fc", "Ã¼ü" },                              // one bad byte makes all of it ISO-8859-1
        { "a\tb", "a\tb" },
        { "", "" },
    };

    private static string Wire(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    [Theory]
    [MemberData(nameof(Texts))]
    public void Text_IsUtf8WhereItIs_AndElseIso88591(string wire, string shown)
    {
        var request = Request(("X-Text", wire));
        (request.Uri, request.QueryString) = ("/" + wire, wire);
        var seen = Seen(Event(EventType.ViewerRequest, request))["request"]!;

        Assert.Equal(shown, (string?)seen["headers"]!["x-text"]![0]!["value"]);
        Assert.Equal("/" + shown, (string?)seen["uri"]);
        Assert.Equal(shown, (string?)seen["querystring"]);
    }

    [Fact]
    public void CloudFrontHeaders_AreShownWhereAPolicyListsThem()
    {
        var request = Request(("CloudFront-Viewer-Country", "DE"), ("CloudFront-Is-Mobile-Viewer", "true"), ("CloudFront-Viewer-Cert-Pem", "x"));

        var some = Seen(Event(EventType.OriginRequest, request, shows: name => name == "CloudFront-Viewer-Country"))["request"]!["headers"]!.AsObject();
        var all = Seen(Event(EventType.OriginRequest, request))["request"]!["headers"]!.AsObject();

        Assert.Equal(["host", "cloudfront-viewer-country"], some.Select(header => header.Key));
        Assert.Equal(["host", "cloudfront-viewer-country", "cloudfront-is-mobile-viewer"], all.Select(header => header.Key));
    }

    [Fact]
    public void Response_HasAStatusTextAndThePhrase_AndNoBody()
    {
        var plain = Seen(Event(EventType.ViewerResponse, response: Response(404, ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))))["response"];
        ShouldBe("""{"headers":{"set-cookie":[{"key":"Set-Cookie","value":"a=1"},{"key":"Set-Cookie","value":"b=2"}]},"status":"404","statusDescription":"Not Found"}""", plain);

        var own = new EdgeResponse { StatusCode = 200, StatusDescription = "Fine" };
        Assert.Equal("Fine", (string?)Seen(Event(EventType.OriginResponse, response: own))["response"]!["statusDescription"]);
    }

    // ---------------------------------------------------------------- body

    [Fact]
    public void Body_OfAGetWithIncludeBody_IsThereAndEmpty() =>
        ShouldBe("""{"inputTruncated":false,"action":"read-only","encoding":"base64","data":""}""",
            Seen(Event(EventType.ViewerRequest, body: ExposedBody.Of(default, LambdaQuotas.Classic.Viewer)))["request"]!["body"]);

    [Theory]
    [InlineData(EventType.ViewerRequest, 40 * 1024)]
    [InlineData(EventType.OriginRequest, 1024 * 1024)]
    public void Body_IsCutAtItsQuota_AndSaysSo(EventType type, int quota)
    {
        foreach (var (length, shown, isTruncated) in new[] { (quota - 1, quota - 1, false), (quota, quota, false), (quota + 1, quota, true), (quota * 2, quota, true) })
        {
            var bytes = new byte[length];
            new Random(length).NextBytes(bytes);
            var body = Seen(Event(type, body: ExposedBody.Of(bytes, LambdaQuotas.Classic.For(type))))["request"]!["body"]!;

            Assert.Equal(isTruncated, (bool)body["inputTruncated"]!);
            Assert.Equal(bytes[..shown], Convert.FromBase64String((string)body["data"]!));
        }
    }

    [Theory]
    [InlineData(EventType.OriginResponse)]
    [InlineData(EventType.ViewerResponse)]
    public void Body_IsNeverInResponseEvents(EventType type) =>
        Assert.Null(Seen(Event(type, body: new ExposedBody(new byte[3], false)))["request"]!["body"]);

    // ---------------------------------------------------------------- origin

    [Fact]
    public void CustomOrigin_HasEveryField() =>
        ShouldBe(
            """
            {"custom":{"customHeaders":{"x-secret":[{"key":"X-Secret","value":"s3cret"}]},"domainName":"origin.example.com","keepaliveTimeout":5,"path":"/base",
             "port":443,"protocol":"https","readTimeout":30,"sslProtocols":["TLSv1.2"]}}
            """,
            Seen(Event(EventType.OriginRequest))["request"]!["origin"]);

    [Theory]
    [InlineData(OriginProtocolPolicy.MatchViewer, true, 8443, "https")]
    [InlineData(OriginProtocolPolicy.MatchViewer, false, 8080, "http")]
    [InlineData(OriginProtocolPolicy.HttpOnly, true, 8080, "http")]
    [InlineData(OriginProtocolPolicy.HttpsOnly, false, 8443, "https")]
    public void CustomOrigin_HasThePortThatIsUsed(OriginProtocolPolicy policy, bool viewerIsHttps, int port, string protocol)
    {
        var request = Request();
        request.IsHttps = viewerIsHttps;
        var custom = Seen(Event(EventType.OriginResponse, request, origin: Server with { ProtocolPolicy = policy, HttpPort = 8080, HttpsPort = 8443 }))["request"]!["origin"]!["custom"]!;

        Assert.Equal((port, protocol), ((int)custom["port"]!, (string)custom["protocol"]!));
    }

    [Fact]
    public void S3Origin_HasEveryField() =>
        ShouldBe(
            """{"s3":{"authMethod":"origin-access-identity","customHeaders":{},"domainName":"b.s3.us-east-1.amazonaws.com","path":"","region":"us-east-1"}}""",
            Seen(Event(EventType.OriginRequest, origin: Bucket))["request"]!["origin"]);

    [Fact]
    public void Folder_IsShownAsABucket() =>
        ShouldBe(
            """{"s3":{"authMethod":"none","customHeaders":{},"domainName":"local-folder.s3.amazonaws.com","path":"/site","region":""}}""",
            Seen(Event(EventType.OriginRequest, origin: new DirectoryOrigin { Id = "o", Directory = "/nowhere", OriginPath = "/site" }))["request"]!["origin"]);

    [Fact]
    public void ThousandsOfHeaders_AreWritten()
    {
        var request = Request([.. Enumerable.Range(0, 6_000).Select(i => ($"h{i % 3_000}", ""))]);
        var headers = Seen(Event(EventType.ViewerRequest, request))["request"]!["headers"]!.AsObject();

        Assert.Equal(3_001, headers.Count);
        Assert.All(headers.Skip(1), header => Assert.Equal(2, header.Value!.AsArray().Count));
    }

    [Fact]
    public void Events_WrittenAtOnce_DoNotShareMemory()
    {
        using var first = EventWriter.Write(Event(EventType.ViewerRequest, Request(("X-Who", "first"))));
        using var second = EventWriter.Write(Event(EventType.ViewerRequest, Request(("X-Who", "second"))));

        Assert.Contains("\"first\"", Encoding.UTF8.GetString(first.Json.Span), StringComparison.Ordinal);
        Assert.Contains("\"second\"", Encoding.UTF8.GetString(second.Json.Span), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(first.Json).RootElement.ValueKind);
    }
}
