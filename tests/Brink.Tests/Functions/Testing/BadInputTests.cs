using System.Text;
using System.Text.Json.Nodes;
using Brink.Functions.JavaScript;
using Brink.Functions.Testing;
using Brink.ScriptGenerator;

namespace Brink.Tests.Functions.Testing;

/// <summary>Sources and events that no sane tool writes: the documented error or the documented default, never a crash.</summary>
public class BadInputTests
{
    private const string Sentence = "The CloudFront function associated with the CloudFront distribution is invalid or could not run. ";
    private const string PassOn = "function handler(event) { return event.request }";

    [Theory]
    [InlineData("", "ReferenceError: \"handler\" is not defined")]
    [InlineData(" \r\n\t", "ReferenceError: \"handler\" is not defined")]
    [InlineData("\uFEFF" + PassOn, "")]
    [InlineData("\0", "SyntaxError: Unexpected token \"\0\" in 1")]
    [InlineData(PassOn + "\r\n\r\nfor (var x of y) {}", "SyntaxError: Token \"of\" not supported in this version in 3")]
    [InlineData(PassOn + "\n\nfor (var x of y) {}", "SyntaxError: Token \"of\" not supported in this version in 3")]
    [InlineData(PassOn + "\r\rfor (var x of y) {}", "SyntaxError: Token \"of\" not supported in this version in 3")]
    [InlineData(PassOn + "\nvar s = 'a", "SyntaxError: Unterminated string \"'a\" in 2")]
    [InlineData(PassOn + "\n/* a", "SyntaxError: Unexpected token \"/*\" in 2")]
    [InlineData(PassOn + "\nvar n = 1e99999, m = 0xffffffffffffffffffffffffffffffffffff;", "")]
    [InlineData(PassOn + "\nvar t = '\\u{110000}'", "SyntaxError: Invalid Unicode code point \"\\u{110000}\" in 2")]
    public void Source_IsRunOrRefusedByAwsWords(string source, string expected) => AssertMessage(expected, Encoding.UTF8.GetBytes(source));

    [Theory]
    [InlineData(0xFF)]
    [InlineData(0xC3)]
    [InlineData(0xED, 0xA0, 0x80)]
    public void SourceThatIsNotUtf8_IsRefused(params int[] bytes)
    {
        var source = new FunctionSource { Name = "f", Code = (byte[])[.. Encoding.UTF8.GetBytes(PassOn), .. bytes.Select(b => (byte)b)] };
        Assert.Equal("the function is not UTF-8 text.", source.Check()!.Message);
    }

    [Theory]
    [InlineData(10_240, true)]
    [InlineData(10_241, false)]
    public void SourceOfTheLargestSize_IsAccepted(int bytes, bool isAccepted)
    {
        var source = new FunctionSource { Name = "f", Code = Encoding.UTF8.GetBytes((PassOn + "// ").PadRight(bytes, '.')) };
        Assert.Equal(isAccepted, source.Check() is null);
        if (isAccepted)
            AssertMessage("", source.Code.ToArray());
    }

    [Fact]
    public void NumbersOfAnyLength_AreRead()
    {
        var digits = new string('7', 9_000);
        AssertMessage("", Encoding.UTF8.GetBytes($"{PassOn} var n = {digits};"));
        AssertMessage("", Encoding.UTF8.GetBytes($"{PassOn} var n = 0.{digits};"));
        AssertMessage("", Encoding.UTF8.GetBytes($"{PassOn} var n = 1e-{digits};"));
        AssertMessage("", Encoding.UTF8.GetBytes($"{PassOn} var n = 0b{new string('1', 9_000)};"));
    }

    private static void AssertMessage(string expected, byte[] code)
    {
        var function = JavaScriptFunction.Compile(new FunctionSource { Name = "f", Code = code }, FunctionLimits.Default, TimeProvider.System);
        var result = Assert.IsType<TestOutcome.Tested>(FunctionTestRunner.Test(function, Encoding.UTF8.GetBytes(FunctionFixture.RequestEvent), FunctionFixture.Now)).Result;
        Assert.Equal(expected.Length == 0 ? "" : Sentence + expected, result.FunctionErrorMessage);
    }

    [Theory]
    [InlineData("""{"context":{"eventType":"viewer-request"},"request":{"uri":"/a","uri":"/b"}}""", "/b", "")]
    [InlineData("""{"context":{"eventType":"viewer-request"},"request":{"uri":"/a\u0000b"}}""", "/a\0b", "")]
    [InlineData("""{"context":{"eventType":"viewer-request"},"request":{"headers":{"a":{"value":"1"},"a":{"value":"2"}}}}""", "/", "1,2")]
    [InlineData("""{"context":{"eventType":"viewer-request","eventType":"viewer-request"},"request":{"headers":null,"cookies":null,"querystring":null}}""", null, "")]
    public void EventWithKeysTwiceOrControlCharacters_IsReadInOrder(string eventObject, string? uri, string header)
    {
        var function = FunctionFixture.Compile("function handler(event) { var a = event.request.headers.a; console.log(a ? (a.multiValue || [a]).map(v => v.value).join() : ''); return event.request }");
        var outcome = FunctionTestRunner.Test(function, Encoding.UTF8.GetBytes(eventObject), FunctionFixture.Now);
        if (uri is null)
        {
            Assert.IsType<TestOutcome.InvalidArgument>(outcome);
            return;
        }
        var result = Assert.IsType<TestOutcome.Tested>(outcome).Result;
        Assert.Equal(uri, JsonNode.Parse(result.FunctionOutput)!["request"]!["uri"]!.GetValue<string>());
        Assert.Equal([header], result.FunctionExecutionLogs);
    }

    [Fact]
    public void LargeHeaderValue_IsShownWhole()
    {
        var eventObject = """{"context":{"eventType":"viewer-request"},"request":{"headers":{"a":{"value":"X"}}}}""".Replace("X", new string('x', 38_000), StringComparison.Ordinal);
        var result = FunctionFixture.Test("function handler(event) { console.log(event.request.headers.a.value.length); delete event.request.headers.a; return event.request }", eventObject);
        Assert.Equal(["38000"], result.FunctionExecutionLogs);
    }

    private static readonly string[] Functions =
    [
        PassOn,
        "function handler(event) { console.log(JSON.stringify(event)); return event.response || event.request }",
        """
        function handler(event) {
            var target = event.response || event.request;
            for (var name in target.headers) target.headers['x-' + name.slice(0, 20)] = { value: target.headers[name].value.slice(0, 50) };
            for (name in target.cookies) target.cookies[name].attributes = 'Path=/';
            for (name in target.querystring) target.querystring[name + '2'] = target.querystring[name];
            target.uri = target.uri + '/' + Object.keys(target.headers).length;
            return target;
        }
        """,
    ];

    private static readonly string[] Events =
    [
        """
        {"version":"1.0","context":{"distributionDomainName":"d1.cloudfront.net","distributionId":"E1","eventType":"viewer-request","requestId":"r"},"viewer":{"ip":"198.51.100.11"},
         "request":{"method":"GET","uri":"/a/é?","querystring":{"q":{"value":"1","multiValue":[{"value":"1"},{"value":"%zz"}]},"e":{"value":""}},
         "headers":{"host":{"value":"example.com"},"accept":{"value":"a","multiValue":[{"value":"a"},{"value":"b"}]}},"cookies":{"id":{"value":"x","attributes":"Path=/"},"l":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]}}}}
        """,
        """
        {"version":"1.0","context":{"eventType":"viewer-response"},"viewer":{"ip":"2001:db8::1"},"request":{"method":"POST","uri":"/","querystring":"a=1&b","headers":{},"cookies":{}},
         "response":{"statusCode":404,"statusDescription":"Not Found","headers":{"server":{"value":"s"},"set-cookie":{"value":"raw=1"}},"cookies":{"id":{"value":"x","attributes":"Secure; Max-Age=5"}}}}
        """,
    ];

    private static readonly string[] Replacements =
    [
        "null", "5", "-0", "1e999", "true", "[]", "{}", "\"\"", "\"x\"", "\"\\ud800\"", "\"\\u0000\"", "\"\\r\\nx: y\"", "\"😀\"", "{\"value\":\"1\"}", "{\"value\":5}", "{\"multiValue\":[]}", "[[]]", "\"" + new string('v', 8_000) + "\"", "\"/\\u00e9 \\\"\"",
    ];

    [Fact]
    public void SpoiltEvents_AreReadOrRefusedWithASentence()
    {
        var functions = Functions.Select(code => FunctionFixture.Compile(code)).ToList();
        var (ran, refused) = (0, 0);
        for (ulong seed = 1; seed <= 6_000; seed++)
        {
            var random = new Randomness(seed);
            var bytes = random.OneIn(2) ? WithValuesReplaced(random) : new SourceMutator([.. Events.Select(Encoding.UTF8.GetBytes)]).Mutate(seed);
            switch (FunctionTestRunner.Test(random.Pick(functions), bytes, FunctionFixture.Now))
            {
                case TestOutcome.InvalidArgument(var message):
                    refused++;
                    Assert.True(message.EndsWith('.') && !message.Contains("Exception", StringComparison.Ordinal), message);
                    break;
                case TestOutcome.Tested(var result):
                    ran++;
                    Assert.False(result.ErrorDetail?.Contains("fault of Brink", StringComparison.Ordinal) == true, $"seed {seed}: {result.ErrorDetail}\n{Encoding.UTF8.GetString(bytes)}");
                    Assert.True(result.FunctionErrorMessage.Length > 0 || JsonNode.Parse(result.FunctionOutput) is not null);
                    break;
            }
        }
        Assert.InRange(ran, 500, 5_500);
        Assert.InRange(refused, 500, 5_500);
    }

    /// <summary>Some values of an event, parts and members alike, become others; some vanish.</summary>
    private static byte[] WithValuesReplaced(Randomness random)
    {
        var root = JsonNode.Parse(random.Pick(Events))!;
        for (var edits = 1 + random.Next(3); edits > 0; edits--)
        {
            var at = root;
            while (true)
            {
                if (at is JsonObject { Count: > 0 } holder)
                {
                    var name = random.Pick(holder.Select(member => member.Key).ToList());
                    if (holder[name] is JsonObject or JsonArray && !random.OneIn(4))
                    {
                        at = holder[name]!;
                        continue;
                    }
                    if (random.OneIn(5))
                        holder.Remove(name);
                    else
                        holder[random.OneIn(6) ? name + "\u0000é" : name] = "$" + random.Next(Replacements.Length);
                }
                else if (at is JsonArray { Count: > 0 } list)
                {
                    list[random.Next(list.Count)] = "$" + random.Next(Replacements.Length);
                }
                break;
            }
        }
        // what JsonNode would not write is put in as text
        var text = root.ToJsonString();
        for (var i = Replacements.Length - 1; i >= 0; i--)
            text = text.Replace($"\"${i}\"", Replacements[i], StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text);
    }
}
