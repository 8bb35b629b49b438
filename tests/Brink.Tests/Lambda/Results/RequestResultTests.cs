using System.Text;
using System.Text.Json.Nodes;
using Brink.Events;
using Brink.Lambda.Events;
using Brink.Lambda.Results;
using static Brink.Tests.Lambda.LambdaFixture;

namespace Brink.Tests.Lambda.Results;

/// <summary>Lambda-edge spec 1.2 to 1.4, 2.1, 3.4: what request functions may change of a request.</summary>
public sealed class RequestResultTests
{
    public static TheoryData<EventType> RequestEvents => [EventType.ViewerRequest, EventType.OriginRequest];

    private static string Wire(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    [Theory]
    [MemberData(nameof(RequestEvents))]
    public void Unchanged_LeavesEveryByte(EventType type)
    {
        var request = Request(
            ("x-ODD-case", "1"), ("X-Twice", "a"), ("x-between", ""), ("x-twice", "b"), ("Cookie", "a=1; b=2"), ("cookie", "c=3"), ("Connection", "keep-alive"),
            ("X-Latin", "Gr\u00fc\u00dfe"), ("X-Utf8", Wire("Grüße")), ("X-Bytes", "\u00ff\u0080"), ("Via", "1.1 a"), ("X-Quote", "\"\\<>&'"), ("X-Blank", " a "));
        (request.Uri, request.QueryString) = ("/Gr\u00fc\u00dfe/" + Wire("世界") + "/%2f//..", "q=" + Wire("ü") + "&r=\u00fc");
        var before = LambdaFixture.Wire(request);

        var outcome = Edit(Event(type, request, body: new ExposedBody("abc"u8.ToArray(), false)), _ => { });

        Assert.Same(LambdaOutcome.ContinueRequest.Unchanged, outcome);
        Applied(Event(type, request), outcome);
        Assert.Equal(before, LambdaFixture.Wire(request));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void EmptyQuery_KeepsItsQuestionMarkOrItsAbsence(string? query)
    {
        var @event = Event(EventType.ViewerRequest);
        @event.Request.QueryString = query;

        Assert.Same(RequestDifference.None, Applied(@event, _ => { }));
        Assert.Equal(query, @event.Request.QueryString);
    }

    [Fact]
    public void OnlyUriAndHeaders_AreEnough() =>
        Assert.Equal("", ProblemOf(Read(Event(EventType.ViewerRequest), """{"uri":"/a/b","headers":{"host":[{"value":"www.example.com"}]}}""")));

    [Fact]
    public void ChangedParts_ChangeAlone()
    {
        var @event = Event(EventType.ViewerRequest, Request(("x-ODD-case", "1"), ("X-Latin", "\u00fc"), ("X-Edit", "old"), ("X-Gone", "1")));
        Applied(@event, result =>
        {
            result["uri"] = "/grüße";
            result["querystring"] = "z=%C3%BC";
            result["headers"]!["x-edit"]![0]!["value"] = "ü";
            result["headers"]!.AsObject().Remove("x-gone");
            result["headers"]!["x-new"] = Entries("X-NEW", "1", "2");
        });

        Assert.Equal(
            $"GET /{Wire("grüße")}?z=%C3%BC\nHost: www.example.com\nx-ODD-case: 1\nX-Latin: \u00fc\nX-Edit: {Wire("ü")}\nX-NEW: 1\nX-NEW: 2", LambdaFixture.Wire(@event.Request));
    }

    public static TheoryData<string, string> HeaderResults => new()
    {
        // result                                                          fields afterwards
        { """[{"key":"X-A","value":"1"},{"key":"X-A","value":"2"}]""", "X-A: 1\nX-A: 2" },
        { """[{"value":"1"},{"value":"2"}]""", "X-A: 1\nX-A: 2" },
        { """[{"key":null,"value":"1"},{"key":null,"value":"2"}]""", "X-A: 1\nX-A: 2" },
        { """[{"key":"x-a","value":"1"},{"key":"X-a","value":"2"}]""", "x-a: 1\nX-a: 2" },
        { """[{"key":"X-Other","value":"1"},{"key":"X-A","value":"2"}]""", "X-A: 1\nX-A: 2" },
        { """[{"key":"","value":"1"},{"key":"X-A","value":"2"}]""", "X-A: 1\nX-A: 2" },
        { """[{"key":"X-A","value":"2"},{"key":"X-A","value":"1"}]""", "X-A: 2\nX-A: 1" },
        { """[{"key":"X-A","value":"1"}]""", "X-A: 1" },
        { """[{"key":"X-A","value":"1"},{"key":"X-A","value":"2"},{"key":"X-A","value":"3"}]""", "X-A: 1\nX-A: 2\nX-A: 3" },
        { """[{"key":"X-A","value":""},{"key":"X-A","value":"2"}]""", "X-A: \nX-A: 2" },
        { """[{"key":"X-A","value":"9","value":"1","more":{}},{"key":"X-A","value":"2"}]""", "X-A: 1\nX-A: 2" },
        { """[{"key":"X-A","value":"\u0031"},{"key":"X-\u0041","value":"2"}]""", "X-A: 1\nX-A: 2" },
        { """[{"key":"X-A","value":"half \ud83d pair"},{"key":"X-A","value":"\ud83d\ude00"}]""", $"X-A: {Encoding.Latin1.GetString("half \ufffd pair"u8)}\nX-A: {Encoding.Latin1.GetString("😀"u8)}" },
        { "[]", "" },
    };

    [Theory]
    [MemberData(nameof(HeaderResults))]
    public void HeaderEntries_BecomeLines(string entries, string lines)
    {
        var @event = Event(EventType.OriginRequest, Request(("X-A", "1"), ("X-A", "2")));
        Applied(@event, Read(@event, """{"uri":"/a/b","headers":{"host":[{"key":"Host","value":"www.example.com"}],"x-a":""" + entries + "}}"));

        Assert.Equal(("Host: www.example.com\n" + lines).TrimEnd('\n'), Lines(@event.Request.Headers));
    }

    [Theory]
    [InlineData("content-type", "Content-Type")]
    [InlineData("x-xss-protection", "X-Xss-Protection")]
    [InlineData("x-a1-b", "X-A1-B")]
    [InlineData("x", "X")]
    [InlineData("X-CAPS", "X-Caps")]
    public void NameWithoutKey_HasCapitals(string name, string wire)
    {
        var @event = Event(EventType.ViewerRequest);
        Applied(@event, result => result["headers"]![name] = JsonNode.Parse("""[{"value":"1"}]"""));

        Assert.Equal(wire, @event.Request.Headers[1].Name);
    }

    [Fact]
    public void InterleavedFields_StayWhereTheyAre()
    {
        var @event = Event(EventType.ViewerRequest, Request(("A", "1"), ("B", "1"), ("A", "2"), ("C", "1"), ("A", "3")));
        Applied(@event, result => result["headers"]!["a"] = Entries("A", "1", "two"));

        Assert.Equal("Host: www.example.com\nA: 1\nB: 1\nA: two\nC: 1", Lines(@event.Request.Headers));
    }

    // ---------------------------------------------------------------- what is refused

    public static TheoryData<string, string> Refused => new()
    {
        // property = value                       what the detail begins with
        { "method = \"POST\"", "request.method is read-only and is 'GET', not 'POST'" },
        { "method = 1", "request.method is read-only" },
        { "clientIp = \"1.2.3.4\"", "request.clientIp is read-only" },
        { "uri = 1", "request.uri must be a string, not a number" },
        { "uri = \"\"", "request.uri must begin with a slash" },
        { "uri = \"a\"", "request.uri must begin with a slash" },
        { "uri = \"https://example.com/\"", "request.uri must begin with a slash" },
        { "uri = \"/a?b\"", "request.uri must not have a question mark" },
        { "uri = \"/a b\"", "request.uri must not have spaces" },
        { "uri = \"/a#b\"", "request.uri must not have spaces" },
        { "uri = \"/a\\r\\nb\"", "request.uri must not have spaces" },
        { "uri = \"/a\\u0000\"", "request.uri must not have spaces" },
        { "uri = null", "request.uri is missing" },
        { "headers = null", "request.headers is missing" },
        { "headers = []", "request.headers must be an object, not an array" },
        { "headers = \"\"", "request.headers must be an object, not a string" },
        { "querystring = {}", "request.querystring must be a string, not an object" },
        { "querystring = 1", "request.querystring must be a string, not a number" },
        { "querystring = \"a=b c\"", "request.querystring must not have spaces" },
        { "querystring = \"a=b\\tc\"", "request.querystring must not have spaces" },
        { "querystring = \"a#b\"", "request.querystring must not have spaces" },
        { "querystring = \"a\\nb\"", "request.querystring must not have spaces" },
        { "headers.x-a = \"1\"", "request.headers['x-a'] must be an array, not a string" },
        { "headers.x-a = {\"value\":\"1\"}", "request.headers['x-a'] must be an array, not an object" },
        { "headers.x-a = null", "request.headers['x-a'] must be an array, not null" },
        { "headers.x-a = [\"1\"]", "request.headers['x-a'][0] must be an object, not a string" },
        { "headers.x-a = [null]", "request.headers['x-a'][0] must be an object, not null" },
        { "headers.x-a = [{}]", "request.headers['x-a'][0].value is missing" },
        { "headers.x-a = [{\"key\":\"X-A\"}]", "request.headers['x-a'][0].value is missing" },
        { "headers.x-a = [{\"value\":\"1\"},{\"value\":null}]", "request.headers['x-a'][1].value must be a string, not null" },
        { "headers.x-a = [{\"value\":1}]", "request.headers['x-a'][0].value must be a string, not a number" },
        { "headers.x-a = [{\"value\":true}]", "request.headers['x-a'][0].value must be a string, not a boolean" },
        { "headers.x-a = [{\"value\":[\"1\"]}]", "request.headers['x-a'][0].value must be a string, not an array" },
        { "headers.x-a = [{\"key\":1,\"value\":\"1\"}]", "request.headers['x-a'][0].key must be a string, not a number" },
        { "headers.x-a = [{\"value\":\"a\\r\\nB: c\"}]", "request.headers['x-a'] must not have control characters" },
        { "headers.x-a = [{\"value\":\"a\\u0000\"}]", "request.headers['x-a'] must not have control characters" },
        { "headers.x-a = [{\"value\":\"a\\u007f\"}]", "request.headers['x-a'] must not have control characters" },
        { "headers.x a = [{\"value\":\"1\"}]", "request.headers['x a'] must have a name that is an HTTP token" },
        { "headers.x:a = [{\"value\":\"1\"}]", "request.headers['x:a'] must have a name that is an HTTP token" },
        { "headers.ü = [{\"value\":\"1\"}]", "request.headers['ü'] must have a name that is an HTTP token" },
        { "headers. = [{\"value\":\"1\"}]", "request.headers[''] must have a name that is an HTTP token" },
        { "headers.\u212Aey = [{\"value\":\"1\"}]", "request.headers['\u212Aey'] must have a name" },
        { "headers.Host = [{\"value\":\"www.example.com\"}]", "request.headers['host'] is there twice" },
        { "body = \"text\"", "request.body must be an object, not a string" },
        { "body = []", "request.body must be an object, not an array" },
        { "body = {\"action\":\"write\"}", "request.body.action must be 'read-only' or 'replace', not 'write'" },
        { "body = {\"action\":1}", "request.body.action must be 'read-only' or 'replace', not 1" },
        { "body = {\"action\":\"replace\"}", "request.body.data is missing" },
        { "body = {\"action\":\"replace\",\"data\":{}}", "request.body.data must be a string, not an object" },
        { "body = {\"action\":\"replace\",\"data\":\"\",\"encoding\":\"hex\"}", "request.body.encoding must be 'text' or 'base64', not 'hex'" },
        { "body = {\"action\":\"replace\",\"data\":\"\",\"encoding\":1}", "request.body.encoding must be 'text' or 'base64', not 1" },
        { "body = {\"action\":\"replace\",\"data\":\"not base64!\"}", "request.body.data must be valid base64" },
        { "body = {\"action\":\"replace\",\"data\":\"YQ\"}", "request.body.data must be valid base64" },
        { "body = {\"action\":\"replace\",\"data\":\"YWJj\\nYWJj\"}", "request.body.data must be valid base64" },
        { "body = {\"action\":\"replace\",\"data\":\"-_-_\"}", "request.body.data must be valid base64" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void InvalidPart_IsRefused(string edit, string detail)
    {
        var parts = edit.Split(" = ", 2);
        foreach (var type in new[] { EventType.ViewerRequest, EventType.OriginRequest })
        {
            var @event = Event(type);
            var before = LambdaFixture.Wire(@event.Request);
            var outcome = Edit(@event, result =>
            {
                var holder = parts[0].StartsWith("headers.", StringComparison.Ordinal) ? result["headers"]!.AsObject() : result;
                holder[holder == result ? parts[0] : parts[0]["headers.".Length..]] = JsonNode.Parse(parts[1]);
            });

            Assert.StartsWith(detail, ProblemOf(outcome), StringComparison.Ordinal);
            Assert.StartsWith("The Lambda function ", MessageOf(outcome), StringComparison.Ordinal);
            Assert.Equal(before, LambdaFixture.Wire(@event.Request));
        }
    }

    [Theory]
    [InlineData("""[{"value":"a.example.com"},{"value":"b.example.com"}]""", "request.headers['host'] must have one entry, not 2")]
    [InlineData("""[{"value":""}]""", "request.headers['host'][0].value must be a host")]
    [InlineData("""[{"value":"https://a.example.com"}]""", "request.headers['host'][0].value must be a host")]
    [InlineData("""[{"value":"a b"}]""", "request.headers['host'][0].value must be a host")]
    [InlineData("""[{"value":"user@a"}]""", "request.headers['host'][0].value must be a host")]
    [InlineData("""[{"value":"."}]""", "request.headers['host'][0].value must be a host")]
    [InlineData("""[{"value":"a..b"}]""", "request.headers['host'][0].value must be a host")]
    [InlineData("""[{"value":"a:65536"}]""", "request.headers['host'][0].value must be a host")]
    [InlineData("""[{"value":"a'b"}]""", "request.headers['host'][0].value must be a host")]
    [InlineData("""[{"value":"caf\u00e9"}]""", "request.headers['host'][0].value must be a host")]
    [InlineData("""[{"value":"[::1]:99999"}]""", "request.headers['host'][0].value must be a host")]
    public void Host_ThatIsNone_IsRefused(string entries, string detail) =>
        Assert.StartsWith(detail, ProblemOf(Edit(Event(EventType.OriginRequest), result => result["headers"]!["host"] = JsonNode.Parse(entries))), StringComparison.Ordinal);

    [Theory]
    [InlineData("{}", "the result must have status")]
    [InlineData("""{"statusCode":200,"body":""}""", "the result must have status")]
    [InlineData("""{"status":null}""", "the result must have status")]
    [InlineData("""{"Records":[{"cf":{"request":{"uri":"/"}}}]}""", "the result must have status")]
    [InlineData("""{"statusCode":302,"headers":{"location":{"value":"/"}}}""", "the result has statusCode, which a response of CloudFront Functions has")]
    [InlineData("""{"uri":"/"}""", "request.headers is missing")]
    [InlineData("""{"headers":{}}""", "request.uri is missing")]
    public void NeitherRequestNorResponse_IsRefused(string json, string detail) =>
        Assert.StartsWith(detail, ProblemOf(Read(Event(EventType.OriginRequest), json)), StringComparison.Ordinal);

    // ---------------------------------------------------------------- sizes

    [Fact]
    public void UrlOfTheLimit_IsRefused_AndOneByteLessIsNot()
    {
        static string Url(int length) => "/" + new string('u', length - 1 - "?x=1&y=2".Length);

        Assert.Equal("", ProblemOf(Edit(Event(EventType.ViewerRequest), result => result["uri"] = Url(8191))));
        Assert.Contains("under 8,192 characters", ProblemOf(Edit(Event(EventType.ViewerRequest), result => result["uri"] = Url(8192))), StringComparison.Ordinal);
        Assert.Contains("under 8,192 characters", ProblemOf(Edit(Event(EventType.ViewerRequest), result => result["querystring"] = new string('q', 8192))), StringComparison.Ordinal);
        Assert.Contains("under 8,192 characters", ProblemOf(Edit(Event(EventType.ViewerRequest), result => result["querystring"] = new string('q', 100_000))), StringComparison.Ordinal);
    }

    [Fact]
    public void Head_OverItsLimit_IsRefused()
    {
        Assert.Equal("", ProblemOf(Edit(Event(EventType.ViewerRequest), result => result["headers"]!["x-a"] = Entries("X-A", new string('v', 32_000)))));
        Assert.Contains("32,768 bytes", ProblemOf(Edit(Event(EventType.ViewerRequest), result => result["headers"]!["x-a"] = Entries("X-A", new string('v', 32_768)))), StringComparison.Ordinal);
        Assert.Contains("32,768 bytes", ProblemOf(Edit(Event(EventType.ViewerRequest), result => result["headers"]!["x-a"] = Entries("X-A", [.. Enumerable.Repeat("v", 100_000)]))), StringComparison.Ordinal);
        Assert.Contains("32,768 bytes", ProblemOf(Edit(Event(EventType.ViewerRequest), result =>
        {
            for (var i = 0; i < 20_000; i++)
                result["headers"]![$"h{i}"] = new JsonArray();
        })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EventType.ViewerRequest, 40 * 1024)]
    [InlineData(EventType.OriginRequest, 1024 * 1024)]
    public void ReplacedBody_IsMeasuredDecoded(EventType type, int quota)
    {
        LambdaOutcome Replace(int length, bool isText) => Edit(Event(type), result => result["body"] = new JsonObject
        {
            ["action"] = "replace", ["encoding"] = isText ? "text" : "base64", ["data"] = isText ? new string('b', length) : Convert.ToBase64String(new byte[length]),
        });

        foreach (var isText in new[] { true, false })
        {
            Assert.Equal(quota, Applied(Event(type), Replace(quota, isText)).Body!.Bytes.Length);
            Assert.StartsWith("request.body.data must not be over", ProblemOf(Replace(quota + 1, isText)), StringComparison.Ordinal);
            Assert.Equal("The Lambda function result failed validation: The body is not a string, is not an object, or exceeds the maximum size.", MessageOf(Replace(quota + 1, isText)));
        }
    }

    // ---------------------------------------------------------------- body

    public static TheoryData<string, string?> Bodies => new()
    {
        // body that comes back                                                       what goes to the origin; null: the viewer's
        { """{"inputTruncated":false,"action":"read-only","encoding":"text","data":"ignored"}""", null },
        { """{"encoding":"hex","data":1}""", null },
        { """{"action":null}""", null },
        { "null", null },
        { """{"action":"replace","encoding":"text","data":"a\"\u00fc\n"}""", "a\"ü\n" },
        { """{"action":"replace","encoding":"text","data":""}""", "" },
        { """{"action":"replace","data":"YWJj"}""", "abc" },
        { """{"action":"replace","encoding":null,"data":"YWI="}""", "ab" },
        { """{"action":"replace","encoding":"base64","data":"\u0059WJj"}""", "abc" },
        { """{"action":"replace","encoding":"base64","data":""}""", "" },
        { """{"action":"replace","encoding":"text","data":"half \udc00 pair"}""", "half \ufffd pair" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public void Body_IsReplacedOnlyOnDemand(string body, string? sent)
    {
        var request = Request(("Content-Length", "999"), ("Content-Type", "text/plain"));
        var @event = Event(EventType.OriginRequest, request, body: new ExposedBody("viewer's"u8.ToArray(), true));
        var returned = Returned(@event);
        returned["body"] = "HERE";
        var difference = Applied(@event, Read(@event, returned.ToJsonString().Replace("\"HERE\"", body, StringComparison.Ordinal)));

        Assert.Equal(sent, difference.Body is null ? null : TextOf(difference.Body));
        Assert.Equal(sent is null ? "999" : Encoding.UTF8.GetByteCount(sent).ToString(System.Globalization.CultureInfo.InvariantCulture), request.Headers.Get("Content-Length"));
    }

    [Fact]
    public void ChunkedBody_Replaced_GetsALength()
    {
        var request = Request(("Transfer-Encoding", "chunked"));
        Applied(Event(EventType.ViewerRequest, request), result => result["body"] = JsonNode.Parse("""{"action":"replace","encoding":"text","data":"abc"}"""));

        Assert.Equal("Host: www.example.com\nContent-Length: 3", Lines(request.Headers));
    }
}
