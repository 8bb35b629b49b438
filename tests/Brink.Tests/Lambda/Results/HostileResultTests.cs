using System.Text;
using Brink.Distributions;
using Brink.Events;
using Brink.Lambda.Events;
using Brink.Lambda.Results;
using Brink.Quotas;
using static Brink.Tests.Lambda.LambdaFixture;

namespace Brink.Tests.Lambda.Results;

/// <summary>Whatever bytes come back, the outcome is one of the four, and what the messages become is fit for the wire.</summary>
public sealed class HostileResultTests
{
    private static readonly EventType[] All = [EventType.ViewerRequest, EventType.OriginRequest, EventType.OriginResponse, EventType.ViewerResponse];

    private static readonly string[] Words =
    [
        "status", "headers", "uri", "querystring", "method", "clientIp", "body", "bodyEncoding", "statusDescription", "origin", "custom", "s3", "customHeaders",
        "domainName", "port", "protocol", "path", "region", "authMethod", "sslProtocols", "readTimeout", "keepaliveTimeout", "action", "encoding", "data", "key", "value",
        "host", "via", "x-a", "X-A", "cookie", "", "__proto__", "\ud83d\ude00",
    ];

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "200", "443", "1e999", "1E-400", "123456789012345678901234567890", "0.1", "\"\"", "\"200\"", "\"replace\"", "\"text\"", "\"base64\"", "\"/a\"",
        "\"a.example.com\"", "\"https\"", "\"YWJj\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "\"\\\\ud800\"", "\"\\u0000\"", "\"a\\r\\nb\"", "\"\u00ff\"", "[]", "{}", "[[]]", "\"origin-access-identity\"", "\"none\"", "\"us-east-1\"",
    ];

    private static LambdaEvent Make(Random random)
    {
        var type = All[random.Next(4)];
        Origin origin = random.Next(3) switch { 0 => Server, 1 => Bucket, _ => new DirectoryOrigin { Id = "f", Directory = "/nowhere" } };
        return Event(
            type, Request(("Via", "1.1 a"), ("X-A", "1"), ("X-A", "\u00fc"), ("Cookie", "a=1"), ("Connection", "close")), Response(200, ("Via", "1.1 b"), ("Set-Cookie", "a=1"), ("Content-Length", "15")), origin,
            random.Next(2) == 0 ? new ExposedBody("body"u8.ToArray(), false) : null, random.Next(2) == 0 ? _ => false : null);
    }

    /// <summary>Reads, applies, and looks at what came of it.</summary>
    private static string ReadAndApply(LambdaEvent @event, ReadOnlyMemory<byte> json)
    {
        var outcome = ResultReader.Read(@event, json, LambdaQuotas.Classic);
        switch (outcome)
        {
            case LambdaOutcome.ContinueRequest(var difference):
                Assert.True(@event.IsRequestEvent);
                difference.ApplyTo(@event.Request);
                Assert.StartsWith("/", @event.Request.Uri, StringComparison.Ordinal);
                ShouldFitTheWire(@event.Request.Uri + @event.Request.QueryString);
                ShouldFitTheWire(Lines(@event.Request.Headers).Replace('\n', ' '));
                Assert.Equal("close", @event.Request.Headers.Get("Connection"));
                return "request";
            case LambdaOutcome.ContinueResponse(var difference):
                Assert.False(@event.IsRequestEvent);
                difference.ApplyTo(@event.Response!);
                Assert.InRange(@event.Response!.StatusCode, 200, 599);
                ShouldFitTheWire(Lines(@event.Response.Headers).Replace('\n', ' ') + @event.Response.StatusDescription);
                return "response";
            case LambdaOutcome.Respond(var response):
                Assert.True(@event.IsRequestEvent);
                Assert.InRange(response.StatusCode, 200, 599);
                ShouldFitTheWire(Lines(response.Headers).Replace('\n', ' ') + response.StatusDescription);
                return "generated";
            case LambdaOutcome.Fail(var error):
                Assert.StartsWith("The Lambda function ", error.Message, StringComparison.Ordinal);
                Assert.True(error.Detail.Length is > 10 and < 600, error.Detail);
                Assert.DoesNotContain(error.Detail, char.IsControl);
                return "invalid";
            default:
                throw new InvalidOperationException("no outcome");
        }
    }

    private static void ShouldFitTheWire(string text) => Assert.DoesNotContain(text, c => c is (< ' ' and not '\t') or '\x7f' or > '\xff');

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void SpoiltResults_NeverThrow(int seed)
    {
        var random = new Random(seed);
        var seen = new Dictionary<string, int>();
        for (var round = 0; round < 4_000; round++)
        {
            var @event = Make(random);
            var json = Encoding.UTF8.GetBytes(Returned(@event).ToJsonString()).ToList();
            for (var spoils = random.Next(3); spoils >= 0; spoils--)
                Spoil(json, random);
            var kind = ReadAndApply(@event, json.ToArray());
            seen[kind] = seen.GetValueOrDefault(kind) + 1;
        }
        // The mutations are worth something: many are valid still, many are not.
        Assert.InRange(seen["invalid"], 1_000, 3_800);
        Assert.InRange(seen["request"] + seen["response"], 200, 3_000);
    }

    private static void Spoil(List<byte> json, Random random)
    {
        if (json.Count == 0)
            return;
        var place = random.Next(json.Count);
        switch (random.Next(7))
        {
            case 0:
                json[place] = (byte)random.Next(256);
                break;
            case 1:
                json.RemoveRange(place, Math.Min(random.Next(1, 20), json.Count - place));
                break;
            case 2:
                json.InsertRange(place, json.GetRange(place, Math.Min(random.Next(1, 60), json.Count - place)).ToArray());
                break;
            case 3:
                json[place] = (byte)"\"{}[]:,\\u0"[random.Next(10)];
                break;
            default:
                // A whole value gives way to another.
                var text = Encoding.Latin1.GetString([.. json]);
                var colon = text.IndexOf(':', place);
                var end = colon < 0 ? -1 : text.AsSpan(colon + 1).IndexOfAny(",}") + colon + 1;
                if (end <= colon)
                    return;
                json.RemoveRange(colon + 1, end - colon - 1);
                json.InsertRange(colon + 1, Encoding.UTF8.GetBytes(Values[random.Next(Values.Length)]));
                break;
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void RandomResults_NeverThrow(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 5_000; round++)
        {
            var text = new StringBuilder();
            Write(text, random, 0);
            ReadAndApply(Make(random), Encoding.UTF8.GetBytes(text.ToString()));
            var bytes = new byte[random.Next(40)];
            random.NextBytes(bytes);
            ReadAndApply(Make(random), bytes);
        }
    }

    private static void Write(StringBuilder text, Random random, int depth)
    {
        switch (depth == 0 ? 0 : random.Next(depth > 6 ? 1 : 0, 4))
        {
            case 0:
                text.Append('{');
                for (var i = random.Next(1, 7); i > 0; i--)
                {
                    text.Append('"').Append(Words[random.Next(Words.Length)]).Append("\":");
                    Write(text, random, depth + 1);
                    text.Append(i > 1 ? "," : "");
                }
                text.Append('}');
                break;
            case 1 when depth <= 6:
                text.Append('[');
                for (var i = random.Next(3); i > 0; i--)
                {
                    Write(text, random, depth + 1);
                    text.Append(i > 1 ? "," : "");
                }
                text.Append(']');
                break;
            default:
                text.Append(Values[random.Next(Values.Length)]);
                break;
        }
    }

    // ---------------------------------------------------------------- by hand

    public static TheoryData<string, string> Bounds => new()
    {
        { "too deep", "{\"status\":\"200\",\"x\":" + new string('[', 100_000) + new string(']', 100_000) + "}" },
        { "too large", "{\"status\":\"200\",\"body\":\"" + new string('b', 6 * 1024 * 1024) + "\"}" },
        { "a name of a megabyte", "{\"status\":\"200\",\"headers\":{\"" + new string('n', 1 << 20) + "\":[{\"value\":\"1\"}]}}" },
        { "a status of a megabyte", "{\"status\":\"" + new string('2', 1 << 20) + "\"}" },
        { "a number of a megabyte", "{\"status\":" + new string('2', 1 << 20) + "}" },
        { "a phrase of a megabyte", "{\"status\":200,\"statusDescription\":\"" + new string('2', 1 << 20) + "\"}" },
        { "an encoding of a megabyte", "{\"status\":200,\"bodyEncoding\":\"" + new string('2', 1 << 20) + "\"}" },
        { "half a million entries", "{\"status\":\"200\",\"headers\":{\"x-a\":[" + string.Join(',', Enumerable.Repeat("{\"value\":\"\"}", 400_000)) + "]}}" },
        { "half a million entries of a header that is there", "{\"uri\":\"/a/b\",\"headers\":{\"host\":[{\"value\":\"www.example.com\"}],\"x-there\":[" + string.Join(',', Enumerable.Repeat("{\"value\":\"\"}", 400_000)) + "]}}" },
        { "a quarter of a million names", "{\"status\":\"200\",\"headers\":{" + string.Join(',', Enumerable.Range(0, 250_000).Select(i => $"\"x{i}\":[]")) + "}}" },
    };

    [Theory]
    [MemberData(nameof(Bounds))]
    public void OverABound_IsRefused(string what, string json)
    {
        var outcome = Read(Event(EventType.ViewerRequest, Request(("X-There", "1"))), json);

        Assert.True(outcome is LambdaOutcome.Fail, what);
        Assert.True(ProblemOf(outcome).Length < 600, ProblemOf(outcome));
    }

    [Theory]
    [InlineData("{\"status\":\"200\",\"body\":\"\u0001\"}", false)]                 // a bare control character
    [InlineData("{\"status\":\"404\",\"status\":\"200\"}", true)]                   // the last one counts
    [InlineData("{\"\\u0073tatus\":\"200\"}", true)]                                // escaped names are names
    [InlineData("{\"status\":\"200\",\"\\ud800\":1}", true)]                        // half a pair in a name that is not read
    [InlineData("{\"status\":\"200\",\"headers\":{\"\\ud800\":[]}}", false)]
    [InlineData("{\"status\":\"200\",\"x\":\"\\\\ud800\",\"y\":\"\\ud800\\u0041\"}", true)]
    [InlineData("\uFEFF{\"status\":\"200\"}", false)]                               // a byte order mark
    [InlineData(" \n{\"status\":\"200\"}\n ", true)]
    public void OddJson_IsJudged(string json, bool isValid) => Assert.Equal(isValid, Read(Event(EventType.ViewerRequest), json) is LambdaOutcome.Respond { Response.StatusCode: 200 });

    [Fact]
    public void BytesThatAreNotUtf8_AreRefused()
    {
        byte[] json = [.. "{\"status\":\"200\",\"body\":\""u8, 0xC3, 0x28, .. "\"}"u8];

        Assert.StartsWith("the result is not UTF-8", ProblemOf(ResultReader.Read(Event(EventType.ViewerRequest), json, LambdaQuotas.Classic)), StringComparison.Ordinal);
    }

    [Fact]
    public void DetailNamesThePlace() =>
        Assert.StartsWith("the result is not JSON: line 2, byte 2", ProblemOf(Read(Event(EventType.ViewerRequest), "{\n x}")), StringComparison.Ordinal);

    [Fact]
    public void ResultOfOneEvent_LeavesNothingForTheNext()
    {
        var first = Event(EventType.ViewerRequest, Request(("X-A", "1")));
        var kept = Assert.IsType<LambdaOutcome.ContinueRequest>(Edit(first, result => result["headers"]!["x-b"] = Entries("X-B", "2"))).Difference;
        Edit(Event(EventType.ViewerRequest, Request(("X-C", "1"), ("X-D", "1"))), result => result["headers"]!.AsObject().Remove("x-c"));
        Read(Event(EventType.OriginResponse), "{");

        kept.ApplyTo(first.Request);
        Assert.Equal("Host: www.example.com\nX-A: 1\nX-B: 2", Lines(first.Request.Headers));
    }

    [Fact]
    public void ResultBytes_MayBeUsedAgainAtOnce()
    {
        var json = "{\"status\":\"200\",\"headers\":{\"x-a\":[{\"value\":\"kept\"}]},\"body\":\"kept\"}"u8.ToArray();
        var response = Generated(ResultReader.Read(Event(EventType.ViewerRequest), json, LambdaQuotas.Classic));
        Array.Clear(json);

        Assert.Equal(("kept", "kept"), (response.Headers.Get("x-a"), TextOf(response.Body)));
    }
}
