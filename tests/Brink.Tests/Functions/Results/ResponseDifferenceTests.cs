using Brink.Http;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Results;

public sealed class ResponseDifferenceTests
{
    private const string Headers = "Content-Type: text/html\nset-cookie: id=1;Path=/\nETag: \"x\"\nSet-Cookie: id=2; Secure\nSet-Cookie: other=3\nContent-Length: 5\nVia: 1.1 origin";

    private static EdgeResponse Full()
    {
        var response = Response(200, ("Content-Type", "text/html"), ("set-cookie", "id=1;Path=/"), ("ETag", "\"x\""), ("Set-Cookie", "id=2; Secure"), ("Set-Cookie", "other=3"), ("Content-Length", "5"), ("Via", "1.1 origin"));
        response.Body = new BytesBody("hello"u8.ToArray());
        return response;
    }

    [Theory]
    [InlineData("")]
    [InlineData("JSON.stringify(event)")]
    [InlineData("response = Object.assign({}, response)")]
    [InlineData("response = JSON.parse(JSON.stringify(response))")]
    [InlineData("response.statusCode = 200; response.statusDescription = 'OK'")]
    [InlineData("event.request.uri = '/other'; event.request.querystring = 'x=1'; event.request.headers['x'] = { value: '1' }")]
    [InlineData("response = { statusCode: 200 }")]
    public void WhatIsNotChanged_GoesOnByteForByte(string body)
    {
        var response = Full();
        var original = response.Body;
        var request = Request("/p", "q=1");

        var run = OnResponse(body, response, request);

        Assert.Equal("", MessageOf(run));
        Assert.Equal(Headers, Lines(response.Headers));
        Assert.Equal(200, response.StatusCode);
        Assert.Same(original, response.Body);
        Assert.Equal(("/p", "q=1"), (request.Uri, request.QueryString));
    }

    [Theory]
    [InlineData("response.cookies.id.value = '9'", "Set-Cookie: id=9; Path=/|Set-Cookie: id=2; Secure|Set-Cookie: other=3")]
    [InlineData("response.cookies.id.attributes = 'Max-Age=1'", "Set-Cookie: id=1; Max-Age=1|Set-Cookie: id=2; Secure|Set-Cookie: other=3")]
    [InlineData("response.cookies.id.multiValue[1].attributes = ''", "set-cookie: id=1;Path=/|Set-Cookie: id=2|Set-Cookie: other=3")]
    [InlineData("response.cookies.id.multiValue.push({ value: '4', attributes: 'HttpOnly' })", "set-cookie: id=1;Path=/|Set-Cookie: id=2; Secure|Set-Cookie: other=3|Set-Cookie: id=4; HttpOnly")]
    [InlineData("delete response.cookies.id", "Set-Cookie: other=3")]
    [InlineData("response.cookies.fresh = { value: 'é', attributes: 'Path=/; Secure' }", "set-cookie: id=1;Path=/|Set-Cookie: id=2; Secure|Set-Cookie: other=3|Set-Cookie: fresh=\u00C3\u00A9; Path=/; Secure")]
    [InlineData("response.headers['set-cookie'] = { value: 'h=1' }", "set-cookie: id=1;Path=/|Set-Cookie: id=2; Secure|Set-Cookie: other=3|Set-Cookie: h=1")]
    public void Cookies_KeepTheirAttributes(string body, string expected)
    {
        var response = Full();

        Assert.Equal("", MessageOf(OnResponse(body, response)));

        Assert.Equal(expected, string.Join("|", response.Headers.Where(f => f.Name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase)).Select(f => $"{f.Name}: {f.Value}")));
    }

    [Theory]
    [InlineData("response.headers['content-length'] = { value: '4' }", "Content-Length", "4")]
    [InlineData("response.headers['content-encoding'] = { value: 'gzip' }", "Content-Encoding", "gzip")]
    [InlineData("delete response.headers['content-length']", "Content-Length", null)]
    [InlineData("response.headers['cache-control'] = { value: 'max-age=1' }", "Cache-Control", "max-age=1")]
    public void HeadersThatLambdaMayNotTouch_CanBeEdited(string body, string name, string? expected)
    {
        var response = Full();

        Assert.Equal("", MessageOf(OnResponse(body, response)));

        Assert.Equal(expected, response.Headers.Get(name));
    }

    [Theory]
    [InlineData("response.body = 'häh'", "häh", "4")]
    [InlineData("response.body = { encoding: 'text', data: 'x' }", "x", "1")]
    [InlineData("response.body = { encoding: 'base64', data: 'aGk=' }", "hi", "2")]
    [InlineData("response.body = ''", "", "0")]
    [InlineData("response.body = { encoding: 'base64', data: '' }", "", "0")]
    [InlineData("response.body = 'xyz'; response.headers['content-length'] = { value: '77' }", "xyz", "3")]
    public void Body_IsReplacedAndContentLengthComputed(string body, string expected, string length)
    {
        var response = Full();

        Assert.Equal("", MessageOf(OnResponse(body, response)));

        Assert.Equal(expected, TextOf(response.Body));
        Assert.Equal(length, response.Headers.Get("Content-Length"));
        Assert.Equal("\"x\"", response.Headers.Get("ETag"));
    }

    [Theory]
    [InlineData("response.statusCode = 404", 404, "OK")]
    [InlineData("response.statusCode = 404; response.statusDescription = 'Gone Fishing'", 404, "Gone Fishing")]
    [InlineData("response.statusCode = 404; delete response.statusDescription", 404, null)]
    [InlineData("response = { statusCode: 302, headers: { location: { value: '/de/' } } }", 302, null)]
    public void Status_CanBeChanged(string body, int status, string? description)
    {
        var response = Response();

        Assert.Equal("", MessageOf(OnResponse(body, response)));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(description, response.StatusDescription);
    }

    [Fact]
    public void GeneratedResponse_HasItsHeadersCookiesAndLength()
    {
        var request = Request("/x", "q=1");

        var response = Generated(OnRequest(
            "return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: '/de/' }, 'x-multi': { multiValue: [{ value: '1' }, { value: '2' }] } }, cookies: { a: { value: '1', attributes: 'Path=/' } } }", request));

        Assert.Equal((302, "Found"), (response.StatusCode, response.StatusDescription));
        Assert.Equal("Location: /de/\nX-Multi: 1\nX-Multi: 2\nSet-Cookie: a=1; Path=/\nContent-Length: 0", Lines(response.Headers));
        Assert.Same(MessageBody.Empty, response.Body);
        Assert.Equal("Host: www.example.com", Lines(request.Headers));
    }

    [Fact]
    public void GeneratedResponse_WithBody()
    {
        var response = Generated(OnRequest("return { statusCode: 418, headers: { 'content-length': { value: '999' }, 'content-type': { value: 'text/plain' } }, body: 'short and stout' }", Request()));

        Assert.Equal("short and stout", TextOf(response.Body));
        Assert.Equal("Content-Length: 15\nContent-Type: text/plain", Lines(response.Headers));
        Assert.Null(response.StatusDescription);
    }

    [Fact]
    public void StatusCodeOnTheRequest_MakesItAResponse() =>
        Assert.Equal(403, Generated(OnRequest("request.statusCode = 403; request.headers = {}; request.cookies = {}", Request())).StatusCode);

    [Fact]
    public void NoContent_HasNoLength() =>
        Assert.Equal("", Lines(Generated(OnRequest("return { statusCode: 204 }", Request())).Headers));
}
