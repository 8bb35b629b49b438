using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Events;
using Brink.Functions;
using Brink.Functions.Testing;
using Brink.JavaScript;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Testing;

public sealed class FunctionTestRunnerTests
{
    private const string PassRequest = "function handler(event) { return event.request; }";
    private const string PassResponse = "function handler(event) { return event.response; }";
    private const string Sentence = "The CloudFront function associated with the CloudFront distribution is invalid or could not run. ";

    private static void AssertJson(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"expected {expected}\nactual   {actual}");

    [Fact]
    public void Result_HasAwsShape()
    {
        var json = JsonNode.Parse(Test("function handler(event) { console.log('hi'); return event.request; }").ToJson())!["TestResult"]!.AsObject();

        Assert.Equal(["FunctionSummary", "ComputeUtilization", "FunctionExecutionLogs", "FunctionErrorMessage", "FunctionOutput"], json.Select(p => p.Key));
        Assert.Equal(JsonValueKind.String, json["ComputeUtilization"]!.GetValueKind());
        Assert.InRange(int.Parse(json["ComputeUtilization"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture), 0, 100);
        AssertJson("""["hi"]""", json["FunctionExecutionLogs"]!.ToJsonString());
        Assert.Equal("", json["FunctionErrorMessage"]!.GetValue<string>());
        AssertJson(
            """{"Name":"under-test","Status":"UNPUBLISHED","FunctionConfig":{"Comment":"","Runtime":"cloudfront-js-2.0"},"FunctionMetadata":{"FunctionARN":"arn:aws:cloudfront::000000000000:function/under-test","Stage":"DEVELOPMENT","CreatedTime":"2026-11-22T10:00:00+00:00","LastModifiedTime":"2026-11-22T10:00:00+00:00"}}""",
            json["FunctionSummary"]!.ToJsonString());
    }

    [Fact]
    public void SeveralResults_AreAnArray_EachWithItsEvent()
    {
        var result = Test(PassRequest);

        var array = JsonNode.Parse(Brink.Functions.Testing.TestResult.ToJson([("a.json", result), ("b.json", result)]))!.AsArray();

        Assert.Equal(["a.json", "b.json"], array.Select(each => (string?)each!["Event"]));
        AssertJson(JsonNode.Parse(result.ToJson())!["TestResult"]!.ToJsonString(), array[1]!["TestResult"]!.ToJsonString());
    }

    [Theory]
    [InlineData("{}", """{"request":{"method":"GET","uri":"/","querystring":{},"headers":{},"cookies":{}}}""")]
    [InlineData("""{"method":"GET","uri":"/i"}""", """{"request":{"method":"GET","uri":"/i","querystring":{},"headers":{},"cookies":{}}}""")]
    [InlineData(
        """{"method":"POST","uri":"/é","querystring":{"a":{"value":"1","multiValue":[{"value":"1"},{"value":"é"}]},"e":{"value":""}},"headers":{"x":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]},"y":{"value":"ü"},"cloudfront-viewer-country":{"value":"FR"}},"cookies":{"c":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]}}}""",
        """{"request":{"method":"POST","uri":"/é","querystring":{"a":{"value":"1","multiValue":[{"value":"1"},{"value":"é"}]},"e":{"value":""}},"headers":{"x":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]},"y":{"value":"ü"},"cloudfront-viewer-country":{"value":"FR"}},"cookies":{"c":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]}}}}""")]
    [InlineData(
        """{"uri":"/","unknown":1,"querystring":{"a":{"value":"1","multivalue":[{"value":"2"}],"note":5}},"headers":{"x-edge-a":{"value":"1"}}}""",
        """{"request":{"method":"GET","uri":"/","querystring":{"a":{"value":"1"}},"headers":{},"cookies":{}}}""")]
    [InlineData("""{"uri":"/","querystring":"b=2&a"}""", """{"request":{"method":"GET","uri":"/","querystring":{"b":{"value":"2"},"a":{"value":""}},"headers":{},"cookies":{}}}""")]
    public void RequestEvent_ComesBackNormalised(string request, string expected)
    {
        var result = Test(PassRequest, $$"""{"context":{"eventType":"viewer-request"},"request":{{request}}}""");

        Assert.Equal("", result.FunctionErrorMessage);
        AssertJson(expected, result.FunctionOutput);
    }

    [Theory]
    [InlineData("{}", """{"response":{"statusCode":200,"statusDescription":"OK","headers":{},"cookies":{}}}""")]
    [InlineData(
        """{"statusCode":404,"statusDescription":"Nö","headers":{"content-length":{"value":"3"}},"cookies":{"a":{"value":"1","attributes":"Path=/; Secure"},"b":{"value":"1","attributes":"X","multiValue":[{"value":"1","attributes":"X"},{"value":"2"}]}}}""",
        """{"response":{"statusCode":404,"statusDescription":"Nö","headers":{"content-length":{"value":"3"}},"cookies":{"a":{"value":"1","attributes":"Path=/; Secure"},"b":{"value":"1","attributes":"X","multiValue":[{"value":"1","attributes":"X"},{"value":"2"}]}}}}""")]
    public void ResponseEvent_ComesBackNormalised(string response, string expected)
    {
        var result = Test(PassResponse, $$"""{"context":{"eventType":"viewer-response"},"request":{},"response":{{response}}}""");

        Assert.Equal("", result.FunctionErrorMessage);
        AssertJson(expected, result.FunctionOutput);
    }

    [Theory]
    [InlineData("return { statusCode: 302, headers: { location: { value: '/x' } } }", """{"response":{"statusCode":302,"statusDescription":"Found","headers":{"location":{"value":"/x"}},"cookies":{}}}""")]
    [InlineData("return { statusCode: 200, statusDescription: 'Fine', body: 'é', cookies: { a: { value: '1' } } }", """{"response":{"statusCode":200,"statusDescription":"Fine","headers":{},"cookies":{"a":{"value":"1"}},"body":{"encoding":"text","data":"é"}}}""")]
    [InlineData("return { statusCode: 200, body: { encoding: 'base64', data: 'aGk=' } }", """{"response":{"statusCode":200,"statusDescription":"OK","headers":{},"cookies":{},"body":{"encoding":"base64","data":"aGk="}}}""")]
    [InlineData("event.request.querystring = 'b=1&a=2'; return event.request", """{"request":{"method":"GET","uri":"/a/b","querystring":"b=1&a=2","headers":{"host":{"value":"www.example.com"}},"cookies":{}}}""")]
    public void Output_IsWhatTheFunctionReturned(string body, string expected) => AssertJson(expected, Test($"function handler(event) {{ {body} }}").FunctionOutput);

    /// <summary>Every form of a query string in a result: what the output shows, and what goes on to the cache and the origin.</summary>
    [Theory]
    // Text, built from the parsed object as AWS's samples build it.
    [InlineData("q = names(q).map(function (n) { return n + '=' + q[n].value; }).join('&')", "\"b=2&a=1&n=&m=1\"", "b=2&a=1&n=&m=1")]
    [InlineData("q = names(q).map(function (n) { return n + '=' + (q[n].multiValue || [q[n]]).map(function (v) { return v.value; }).join('&' + n + '='); }).sort().join('&')",
        "\"a=1&b=2&m=1&m=2&n=\"", "a=1&b=2&m=1&m=2&n=")]
    [InlineData("q = names(q).map(function (n) { return n + '=' + (q[n].multiValue || [q[n]]).map(function (v) { return v.value; }).join(','); }).join('&')",
        "\"b=2&a=1&n=&m=1,2\"", "b=2&a=1&n=&m=1,2")]
    [InlineData("q = require('querystring').stringify({ z: 'a b', y: ['1', '2'] })", "\"z=a%20b&y=1&y=2\"", "z=a%20b&y=1&y=2")]
    [InlineData("q = 'flag'", "\"flag\"", "flag")]
    [InlineData("q = 'b=2&a=1&n=&m=1&m=2'", "\"b=2&a=1&n=&m=1&m=2\"", "b=2&a=1&n=&m=1&m=2")]
    [InlineData("q = 'a=%C3%A9'", "\"a=%C3%A9\"", "a=%C3%A9")]
    [InlineData("q = ''", "\"\"", null)]
    // The object, in part or as a whole.
    [InlineData("q.a.value = '9'", """{"b":{"value":"2"},"a":{"value":"9"},"n":{"value":""},"m":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]}}""", "b=2&a=9&n=&m=1&m=2")]
    [InlineData("q = { a: q.a, b: q.b }", """{"a":{"value":"1"},"b":{"value":"2"}}""", "a=1&b=2")]
    [InlineData("q = { z: { multiValue: [{ value: '1' }, { value: '2' }] } }", """{"z":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]}}""", "z=1&z=2")]
    [InlineData("q = {}", "{}", null)]
    [InlineData("q = undefined", "{}", null)]
    public void QueryString_InAnyForm(string edit, string shown, string? sent)
    {
        const string names = "function names(o) { var r = []; for (var n in o) { r.push(n); } return r; }";
        var code = $"{names} function handler(event) {{ var q = event.request.querystring; {edit}; event.request.querystring = q; return event.request; }}";
        const string query = "b=2&a=1&n=&m=1&m=2";
        foreach (var runtime in (Runtime[])[Runtime.CloudFrontJs10, Runtime.CloudFrontJs20])
        {
            var result = Test(code, "{\"context\":{\"eventType\":\"viewer-request\"},\"request\":{\"querystring\":\"" + query + "\"}}", runtime);

            Assert.Equal("", result.FunctionErrorMessage);
            AssertJson(shown, JsonNode.Parse(result.FunctionOutput)!["request"]!["querystring"]!.ToJsonString());

            var request = Request("/", query);
            Assert.IsType<FunctionOutcome.Continue>(Run(Compile(code, runtime), EventType.ViewerRequest, request, null).Outcome);
            Assert.Equal(sent, request.QueryString);
        }
    }

    /// <summary>A value of an event object may hold what would end it in a query, and so may one of a result: what a test shows is what was given and returned.</summary>
    [Theory]
    [InlineData("", """{"s":{"value":"x&y"},"t=u":{"value":"1#2"}}""")]
    [InlineData("q.z = { value: q.s.value + '=1' };", """{"s":{"value":"x&y"},"t=u":{"value":"1#2"},"z":{"value":"x&y=1"}}""", false)]
    [InlineData("q = event.request.querystring = { a: { value: 'p&q=1' } };", """{"a":{"value":"p&q=1"}}""")]
    [InlineData("delete q['t=u']; q.s.value = 'é';", """{"s":{"value":"é"}}""")]
    public void QueryString_OfAnEventObject_IsTakenAsItStands(string edit, string shown, bool isValid = true)
    {
        var code = $"function handler(event) {{ var q = event.request.querystring; {edit} return event.request; }}";
        foreach (var runtime in (Runtime[])[Runtime.CloudFrontJs10, Runtime.CloudFrontJs20])
        {
            var result = Test(code, """{"context":{"eventType":"viewer-request"},"request":{"querystring":{"s":{"value":"x&y"},"t=u":{"value":"1#2"}}}}""", runtime);

            if (isValid)
                AssertJson(shown, JsonNode.Parse(result.FunctionOutput)!["request"]!["querystring"]!.ToJsonString());
            else
                Assert.Equal("The CloudFront function returned an invalid value: request.querystring must not have spaces, control characters or #.", result.FunctionErrorMessage);
        }
    }

    [Fact]
    public void Cookies_OfAnEventObject_AreTakenAsTheyStand()
    {
        const string code = "function handler(event) { var c = event.request.cookies; console.log(c.a.value); c.b = { value: '1; c=2' }; return event.request; }";

        var result = Test(code, """{"context":{"eventType":"viewer-request"},"request":{"cookies":{"a":{"value":"x;y"}}}}""");

        Assert.Equal(["x;y"], result.FunctionExecutionLogs);
        AssertJson("""{"a":{"value":"x;y"},"b":{"value":"1; c=2"}}""", JsonNode.Parse(result.FunctionOutput)!["request"]!["cookies"]!.ToJsonString());
    }

    /// <summary>Every entry must be an object with a string value, in every form that it can have.</summary>
    [Theory]
    [InlineData("q.a = '9'", "a must be an object with a string value")]
    [InlineData("q.a = 9", "a must be an object with a string value")]
    [InlineData("q.a = null", "a must be an object with a string value")]
    [InlineData("q.a = undefined", "a must be an object with a string value")]
    [InlineData("q.a = {}", "a must be an object with a string value")]
    [InlineData("q.a = ['9']", "a must be an object with a string value")]
    [InlineData("q.a.value = 9", "a must be an object with a string value")]
    [InlineData("q.a.value = null", "a must be an object with a string value")]
    [InlineData("q.a = { value: { value: '9' } }", "a must be an object with a string value")]
    [InlineData("q.a = { b: { value: '9' } }", "a must be an object with a string value")]
    [InlineData("q.new = { value: 1.5 }", "new must be an object with a string value")]
    [InlineData("q.m.multiValue = '1'", "m.multiValue must be an array of objects with a string value")]
    [InlineData("q.m.multiValue = ['1']", "m.multiValue must be an array of objects with a string value")]
    [InlineData("q.m.multiValue[1].value = 2", "m must be an object with a string value")]
    public void QueryString_WithAnEntryOfAnotherForm_IsRefused(string edit, string rule)
    {
        foreach (var runtime in (Runtime[])[Runtime.CloudFrontJs10, Runtime.CloudFrontJs20])
        {
            var result = Test(
                $"function handler(event) {{ var q = event.request.querystring; {edit}; return event.request; }}",
                """{"context":{"eventType":"viewer-request"},"request":{"querystring":"a=1&m=1&m=2"}}""", runtime);

            Assert.Equal(($"The CloudFront function returned an invalid value: request.querystring.{rule}.", ""), (result.FunctionErrorMessage, result.FunctionOutput));
        }
    }

    /// <summary>Text built from the parsed object, where a redirect sends the viewer.</summary>
    [Theory]
    [InlineData("a=1&b=2", "a=1&b=2")]
    [InlineData("a=%C3%A9+%26&b=", "a=%C3%A9+%26&b=")]
    [InlineData("m=1&n&m=2,3", "m=1&m=2,3&n=")]
    [InlineData("", "")]
    public void Redirect_CarriesTheQueryAsItCame(string query, string carried)
    {
        const string code = """
            function handler(event) {
                var q = event.request.querystring, pairs = [];
                for (var name in q) {
                    (q[name].multiValue || [q[name]]).forEach(function (one) { pairs.push(name + '=' + one.value); });
                }
                return { statusCode: 302, headers: { location: { value: '/to?' + pairs.join('&') } } };
            }
            """;
        foreach (var runtime in (Runtime[])[Runtime.CloudFrontJs10, Runtime.CloudFrontJs20])
        {
            var run = Run(Compile(code, runtime), EventType.ViewerRequest, Request("/", query), null);

            var response = Assert.IsType<FunctionOutcome.Respond>(run.Outcome).Response;
            Assert.Equal("/to?" + carried, response.Headers.Get("Location"));
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("true")]
    [InlineData("['a=1']")]
    [InlineData("function () {}")]
    public void QueryString_OfAnotherType_IsRefused(string value)
    {
        foreach (var runtime in (Runtime[])[Runtime.CloudFrontJs10, Runtime.CloudFrontJs20])
        {
            var result = Test($"function handler(event) {{ event.request.querystring = {value}; return event.request; }}", runtime: runtime);

            Assert.Equal(("The CloudFront function returned an invalid value: request.querystring must be an object or a string.", ""), (result.FunctionErrorMessage, result.FunctionOutput));
        }
    }

    [Theory]
    [InlineData("function handler(event) { return event.a.value; }", Sentence + "TypeError: cannot get property \"value\" of undefined")]
    [InlineData("function handler(event) { throw new RangeError('mine'); }", Sentence + "RangeError: mine")]
    [InlineData("async function handler(event) { throw new Error('rejected'); }", Sentence + "Error: rejected")]
    [InlineData("function handler(event) { return { statusCode: 1 }; }", "The CloudFront function returned an invalid value: response.statusCode must be an integer from 200 to 599.")]
    [InlineData("function handler(event) {\n for (var x of []) {}\n return event.request; }", Sentence + "SyntaxError: Token \"of\" not supported in this version in 2")]
    public void Failure_IsAMessageAndNoOutput(string code, string expected)
    {
        var result = Test(code);

        Assert.Equal((expected, "", false), (result.FunctionErrorMessage, result.FunctionOutput, result.IsSuccess));
    }

    [Theory]
    [InlineData("", "The event object is not JSON: line 1, byte 1: there is nothing.")]
    [InlineData("{", "The event object is not JSON: line 1, byte 2: the end comes too soon; an object or a list is still open.")]
    [InlineData("[]", "The event object must be a JSON object.")]
    [InlineData("{}", "The event object must have context.eventType: viewer-request or viewer-response.")]
    [InlineData("""{"context":{"eventType":5}}""", "context.eventType must be a string.")]
    [InlineData("""{"context":{"eventType":"origin-request"},"request":{}}""", "context.eventType must be viewer-request or viewer-response, not \"origin-request\".")]
    [InlineData("""{"context":{"eventType":"viewer-request"}}""", "The event object must have request.")]
    [InlineData("""{"context":{"eventType":"viewer-response"},"request":{}}""", "A viewer-response event must have response.")]
    [InlineData("""{"context":{"eventType":"viewer-request"},"request":5}""", "request must be an object.")]
    [InlineData("""{"context":{"eventType":"viewer-request"},"request":{"uri":5}}""", "request.uri must be a string.")]
    [InlineData("""{"context":{"eventType":"viewer-request"},"request":{"uri":"x"}}""", "request.uri must begin with /.")]
    [InlineData("""{"context":{"eventType":"viewer-request"},"request":{"headers":{"x":"y"}}}""", "request.headers.x must be an object with a string value.")]
    [InlineData("""{"context":{"eventType":"viewer-request"},"request":{"headers":{"x":{}}}}""", "request.headers.x must be an object with a string value.")]
    [InlineData("""{"context":{"eventType":"viewer-request"},"request":{"cookies":{"x":{"multiValue":{}}}}}""", "request.cookies.x.multiValue must be an array.")]
    [InlineData("""{"context":{"eventType":"viewer-response"},"request":{},"response":{"statusCode":"200"}}""", "response.statusCode must be an integer from 100 to 599.")]
    [InlineData("""{"context":{"eventType":"viewer-request"},"request":{"uri":"\ud800"}}""", "The event object is not UTF-8 text, or has half of a surrogate pair in a string.")]
    public void WhatIsNoEvent_IsAnInvalidArgument(string eventObject, string expected) =>
        Assert.Equal(expected, Assert.IsType<TestOutcome.InvalidArgument>(FunctionTestRunner.Test(Compile(PassRequest), Encoding.UTF8.GetBytes(eventObject), Now)).Message);

    [Fact]
    public void EventOver40Kilobytes_IsAnInvalidArgument() =>
        Assert.IsType<TestOutcome.InvalidArgument>(FunctionTestRunner.Test(Compile(PassRequest), new byte[40_961], Now));

    [Fact]
    public void Runtime_IsInTheSummary() => Assert.Equal("cloudfront-js-1.0", Test(PassRequest, runtime: Runtime.CloudFrontJs10).FunctionSummary.FunctionConfig.Runtime);
}
