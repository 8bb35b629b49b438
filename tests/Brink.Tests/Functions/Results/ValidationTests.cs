using Brink.Events;
using Brink.Functions;
using Brink.Functions.JavaScript;
using Brink.Functions.Metering;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Results;

public sealed class ValidationTests
{
    [Theory]
    [InlineData("return", "the result must be a request or a response object, not undefined.")]
    [InlineData("return null", "the result must be a request or a response object, not null.")]
    [InlineData("return 'x'", "the result must be a request or a response object, not string.")]
    [InlineData("return 5", "the result must be a request or a response object, not number.")]
    [InlineData("return true", "the result must be a request or a response object, not boolean.")]
    [InlineData("return []", "the result must be a request or a response object, not array.")]
    [InlineData("return function () {}", "the result must be a request or a response object, not function.")]
    [InlineData("return event", "the result must be event.request or a response object, not the event itself.")]
    [InlineData("return {}", "the result must be a request or a response object; it has neither uri nor statusCode.")]
    [InlineData("return { request: request }", "the result must be a request or a response object; it has neither uri nor statusCode.")]
    [InlineData("delete request.uri", "request.uri must be a string that begins with /.")]
    [InlineData("request.uri = 'index.html'", "request.uri must be a string that begins with /.")]
    [InlineData("request.uri = ''", "request.uri must be a string that begins with /.")]
    [InlineData("request.uri = 5", "request.uri must be a string that begins with /.")]
    [InlineData("request.uri = 'https://example.com/'", "request.uri must be a string that begins with /.")]
    [InlineData("request.uri = '/a b'", "request.uri must not have spaces, control characters, ? or #.")]
    [InlineData("request.uri = '/a?b=1'", "request.uri must not have spaces, control characters, ? or #.")]
    [InlineData("request.uri = '/a\\r\\nX: y'", "request.uri must not have spaces, control characters, ? or #.")]
    [InlineData("request.method = 'POST'", "request.method cannot be changed.")]
    [InlineData("delete request.method", "request.method cannot be changed.")]
    [InlineData("request.headers['X-Capital'] = { value: '1' }", "request.headers must have header names in lower case.")]
    [InlineData("request.headers['x y'] = { value: '1' }", "request.headers must have header names that are HTTP tokens.")]
    [InlineData("request.headers['x:y'] = { value: '1' }", "request.headers must have header names that are HTTP tokens.")]
    [InlineData("request.headers['é'] = { value: '1' }", "request.headers must have header names that are HTTP tokens.")]
    [InlineData("request.headers[''] = { value: '1' }", "request.headers must have header names that are HTTP tokens.")]
    [InlineData("request.headers['x-a'] = 'text'", "request.headers.x-a must be an object with a string value.")]
    [InlineData("request.headers['x-a'] = null", "request.headers.x-a must be an object with a string value.")]
    [InlineData("request.headers['x-a'] = {}", "request.headers.x-a must be an object with a string value.")]
    [InlineData("request.headers['x-a'] = { value: 5 }", "request.headers.x-a must be an object with a string value.")]
    [InlineData("request.headers['x-a'] = { value: 'a', multiValue: 'b' }", "request.headers.x-a.multiValue must be an array of objects with a string value.")]
    [InlineData("request.headers['x-a'] = { value: 'a', multiValue: ['b'] }", "request.headers.x-a.multiValue must be an array of objects with a string value.")]
    [InlineData("request.headers['x-a'] = { value: 'a\\nb' }", "request.headers.x-a must not have control characters.")]
    [InlineData("request.headers.cookie = { value: 'a=1' }", "request.headers.cookie is not allowed; set request.cookies.")]
    [InlineData("request.headers = 5", "request.headers must be an object.")]
    [InlineData("request.headers = []", "request.headers must be an object.")]
    [InlineData("request.cookies = null", "request.cookies must be an object.")]
    [InlineData("request.cookies.a = { value: 1 }", "request.cookies.a must be an object with a string value.")]
    [InlineData("request.cookies.a = { value: '\\r' }", "request.cookies.a must not have control characters.")]
    [InlineData("request.querystring = 5", "request.querystring must be an object or a string.")]
    [InlineData("request.querystring = 'a b'", "request.querystring must not have spaces, control characters or #.")]
    [InlineData("request.querystring = 'a#b'", "request.querystring must not have spaces, control characters or #.")]
    [InlineData("request.querystring.a = { value: 'x y' }", "request.querystring must not have spaces, control characters or #.")]
    [InlineData("request.querystring.a = 'x'", "request.querystring.a must be an object with a string value.")]
    [InlineData("request.uri = '/' + 'x'.repeat(8191)", "request.uri and request.querystring together must be under 8,192 characters.")]
    [InlineData("request.querystring = 'x'.repeat(9000)", "request.uri and request.querystring together must be under 8,192 characters.")]
    [InlineData("request.querystring = { a: { value: 'x'.repeat(8190) } }", "request.uri and request.querystring together must be under 8,192 characters.")]
    [InlineData("request.headers['x-a'] = { value: 'x'.repeat(32768) }", "request must not be over 32,768 bytes without its body.")]
    public void Request_ThatIsInvalid_IsNamed(string body, string expected) => Assert.Equal(expected, InvalidityOf(OnRequest(body, Request())));

    [Theory]
    [InlineData("return event.request", "response.statusCode is missing: a viewer-response function must return a response object.")]
    [InlineData("return {}", "response.statusCode is missing: a viewer-response function must return a response object.")]
    [InlineData("return undefined", "the result must be a response object, not undefined.")]
    [InlineData("return event", "the result must be event.response, not the event itself.")]
    [InlineData("delete response.statusCode", "response.statusCode is missing: a viewer-response function must return a response object.")]
    [InlineData("response.statusCode = '200'", "response.statusCode must be an integer from 200 to 599.")]
    [InlineData("response.statusCode = 200.5", "response.statusCode must be an integer from 200 to 599.")]
    [InlineData("response.statusCode = 199", "response.statusCode must be an integer from 200 to 599.")]
    [InlineData("response.statusCode = 600", "response.statusCode must be an integer from 200 to 599.")]
    [InlineData("response.statusCode = NaN", "response.statusCode must be an integer from 200 to 599.")]
    [InlineData("response.statusDescription = 5", "response.statusDescription must be a string without control characters.")]
    [InlineData("response.statusDescription = 'a\\r\\nb'", "response.statusDescription must be a string without control characters.")]
    [InlineData("response.headers['X-A'] = { value: '1' }", "response.headers must have header names in lower case.")]
    [InlineData("response.headers['x-a'] = { value: '\\r\\nx: y' }", "response.headers.x-a must not have control characters.")]
    [InlineData("response.cookies.a = { value: '1', attributes: 5 }", "response.cookies.a.attributes must be a string.")]
    [InlineData("response.cookies.a = { value: '1', attributes: 'Path=/\\n' }", "response.cookies.a must not have control characters.")]
    [InlineData("response.body = 5", "response.body must be a string or an object with encoding and data.")]
    [InlineData("response.body = null", "response.body must be a string or an object with encoding and data.")]
    [InlineData("response.body = { encoding: 'text' }", "response.body must be a string or an object with encoding and data.")]
    [InlineData("response.body = { data: 'x' }", "response.body.encoding must be text or base64.")]
    [InlineData("response.body = { encoding: 'hex', data: 'x' }", "response.body.encoding must be text or base64.")]
    [InlineData("response.body = { encoding: 'base64', data: '*' }", "response.body.data must be valid base64.")]
    [InlineData("response.body = { encoding: 'base64', data: 'aGk' }", "response.body.data must be valid base64.")]
    [InlineData("response.body = { encoding: 'base64', data: 'aG k=' }", "response.body.data must be valid base64.")]
    [InlineData("response.headers['x-a'] = { value: 'x'.repeat(40000) }", "response must not be over 32,768 bytes without its body.")]
    public void Response_ThatIsInvalid_IsNamed(string body, string expected)
    {
        var response = Response(200, ("X-Stays", "1"));

        Assert.Equal(expected, InvalidityOf(OnResponse(body, response)));

        Assert.Equal((200, "X-Stays: 1"), (response.StatusCode, Lines(response.Headers)));
    }

    [Fact]
    public void StatusCodeType_IsCheckedBeforeHeaders() =>
        Assert.Equal("response.statusCode must be an integer from 200 to 599.", InvalidityOf(OnRequest("return { statusCode: '200', headers: { 'X': 5 } }", Request())));

    [Fact]
    public void LongUrl_ThatCameSo_IsNotTheFunctionsFault() => Assert.Equal("", MessageOf(OnRequest("request.headers.x = { value: '1' }", Request("/" + new string('x', 8191)))));

    [Fact]
    public void OneLongStringInManyElements_IsRefusedBeforeItIsCopied()
    {
        var run = OnRequest("var s = 'x'.repeat(30000), m = []; for (var i = 0; i < 5000; i++) m.push({ value: s }); request.headers['x-a'] = { multiValue: m }", Request());

        Assert.IsType<FunctionOutcome.Fail>(run.Outcome);
    }

    [Fact]
    public void ThousandsOfEmptyElements_AreRefused()
    {
        const string code = "function handler(event) { var e = { value: '' }, m = []; for (var i = 0; i < 10000; i++) m.push(e); event.request.headers['x-a'] = { multiValue: m }; return event.request }";
        var function = Compile(code, limits: new FunctionLimits { Compute = new ComputeBudget(10 * ComputeBudget.Aws.Units) });

        Assert.Equal("request.headers must not be over 32,768 bytes without its body.", InvalidityOf(Run(function, EventType.ViewerRequest, Request(), null)));
    }
}
