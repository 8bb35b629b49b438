using Brink.Functions;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Results;

public sealed class RequestDifferenceTests
{
    private const string Headers = "Host: www.example.com\nX-MiXed: \u00E9\nx-two: 1\nConnection: close\nX-Two: 2\nCookie: a=1;b=2\nX-Last: z";

    private static Brink.Http.EdgeRequest Full() => Request("/p\u00E9", "a&b=\u00E9&a=2", ("X-MiXed", "\u00E9"), ("x-two", "1"), ("Connection", "close"), ("X-Two", "2"), ("Cookie", "a=1;b=2"), ("X-Last", "z"));

    [Theory]
    [InlineData("")]
    [InlineData("JSON.stringify(event)")]
    [InlineData("for (var h in request.headers) request.headers[h].value")]
    [InlineData("request.headers['x-mixed'].value = request.headers['x-mixed'].value")]
    [InlineData("request.headers['x-two'] = { value: '1', multiValue: [{ value: '1' }, { value: '2' }] }")]
    [InlineData("request.headers = Object.assign({}, request.headers)")]
    [InlineData("request.querystring = Object.assign({}, request.querystring)")]
    [InlineData("request.cookies = JSON.parse(JSON.stringify(request.cookies))")]
    [InlineData("request.uri = request.uri + ''")]
    [InlineData("request = Object.assign({}, request)")]
    [InlineData("request = JSON.parse(JSON.stringify(request))")]
    [InlineData("request.unknown = 1; request.body = 'x'; request.response = {}")]
    public void WhatIsNotChanged_GoesOnByteForByte(string body)
    {
        var request = Full();

        var run = OnRequest(body, request);

        Assert.Equal("", MessageOf(run));
        Assert.Same(FunctionOutcome.Continue.Instance, run.Outcome);
        Assert.Equal(Headers, Lines(request.Headers));
        Assert.Equal("/p\u00E9", request.Uri);
        Assert.Equal("a&b=\u00E9&a=2", request.QueryString);
    }

    [Theory]
    [InlineData("request.headers['x-new-header'] = { value: 'v' }", "Host: www.example.com\nX-MiXed: \u00E9\nx-two: 1\nConnection: close\nX-Two: 2\nCookie: a=1;b=2\nX-Last: z\nX-New-Header: v")]
    [InlineData("request.headers['x-mixed'] = { value: 'n' }", "Host: www.example.com\nX-Mixed: n\nx-two: 1\nConnection: close\nX-Two: 2\nCookie: a=1;b=2\nX-Last: z")]
    [InlineData("request.headers['x-mixed'].value = 'ü'", "Host: www.example.com\nX-Mixed: \u00C3\u00BC\nx-two: 1\nConnection: close\nX-Two: 2\nCookie: a=1;b=2\nX-Last: z")]
    [InlineData("delete request.headers['x-mixed']", "Host: www.example.com\nx-two: 1\nConnection: close\nX-Two: 2\nCookie: a=1;b=2\nX-Last: z")]
    [InlineData("delete request.headers['x-last']; request.headers['x-last'] = { value: 'y' }", "Host: www.example.com\nX-MiXed: \u00E9\nx-two: 1\nConnection: close\nX-Two: 2\nCookie: a=1;b=2\nX-Last: y")]
    [InlineData("request.headers['x-copy'] = request.headers['x-last']", "Host: www.example.com\nX-MiXed: \u00E9\nx-two: 1\nConnection: close\nX-Two: 2\nCookie: a=1;b=2\nX-Last: z\nX-Copy: z")]
    public void Headers_AreAddedEditedDeletedInPlace(string body, string expected)
    {
        var request = Full();

        Assert.Equal("", MessageOf(OnRequest(body, request)));

        Assert.Equal(expected, Lines(request.Headers));
    }

    [Theory]
    [InlineData("request.headers['x-two'].value = 'n'", "X-Two: n|X-Two: 2")]
    [InlineData("request.headers['x-two'].multiValue[1].value = 'n'", "x-two: 1|X-Two: n")]
    [InlineData("request.headers['x-two'].multiValue[1].value = 'n'; request.headers['x-two'].value = 'ignored'", "x-two: 1|X-Two: n")]
    [InlineData("request.headers['x-two'].multiValue.push({ value: '3' })", "x-two: 1|X-Two: 2|X-Two: 3")]
    [InlineData("request.headers['x-two'].multiValue.pop()", "x-two: 1")]
    [InlineData("request.headers['x-two'].multiValue.shift()", "X-Two: 2")]
    [InlineData("request.headers['x-two'].multiValue = []", "")]
    [InlineData("request.headers['x-two'] = { value: 'only' }", "X-Two: only")]
    [InlineData("request.headers['x-two'] = { multiValue: [{ value: 'p' }, { value: 'q' }] }", "X-Two: p|X-Two: q")]
    public void MultiValue_FollowsTheTwoRules(string body, string expected)
    {
        var request = Full();

        Assert.Equal("", MessageOf(OnRequest(body, request)));

        Assert.Equal(expected, string.Join("|", request.Headers.Where(f => f.Name.Equals("x-two", StringComparison.OrdinalIgnoreCase)).Select(f => $"{f.Name}: {f.Value}")));
    }

    [Fact]
    public void NewEntryWithMultiValue_CountsAsModified()
    {
        var request = Request();

        Assert.Equal("", MessageOf(OnRequest("request.headers['x-n'] = { value: 'ignored', multiValue: [{ value: '1' }, { value: '2' }] }", request)));

        Assert.Equal("Host: www.example.com\nX-N: 1\nX-N: 2", Lines(request.Headers));
    }

    [Theory]
    [InlineData("request.querystring.c = { value: '3' }", "a=&a=2&b=\u00E9&c=3")]
    [InlineData("delete request.querystring.a", "b=\u00E9")]
    [InlineData("delete request.querystring.a; delete request.querystring.b", null)]
    [InlineData("request.querystring = {}", null)]
    [InlineData("request.querystring = ''", null)]
    [InlineData("delete request.querystring", null)]
    [InlineData("request.querystring = 'x=1&y'", "x=1&y")]
    [InlineData("request.querystring = 'é=1'", "\u00C3\u00A9=1")]
    [InlineData("request.querystring.a.value = '1'", "a=1&a=2&b=\u00E9")]
    [InlineData("request.querystring.b.value = 'é!'", "a=&a=2&b=\u00C3\u00A9!")]
    [InlineData("request.querystring = { b: request.querystring.b, a: request.querystring.a }", "b=\u00E9&a=&a=2")]
    [InlineData("request.querystring = { z: { multiValue: [{ value: '1' }, { value: '2' }] }, y: { value: '' } }", "z=1&z=2&y=")]
    public void QueryString_AsObjectOrText(string body, string? expected)
    {
        var request = Full();

        Assert.Equal("", MessageOf(OnRequest(body, request)));

        Assert.Equal(expected, request.QueryString);
    }

    [Fact]
    public void BareQuestionMark_StaysWhenTheQueryStaysEmpty()
    {
        var request = Request("/", "");

        OnRequest("request.querystring = {}", request);

        Assert.Equal("", request.QueryString);
    }

    [Theory]
    [InlineData("request.cookies.c = { value: '3' }", "Cookie: a=1; b=2; c=3")]
    [InlineData("delete request.cookies.a", "Cookie: b=2")]
    [InlineData("request.cookies = {}", "")]
    [InlineData("request.cookies.a = { value: 'x', multiValue: [{ value: 'p' }, { value: 'q' }] }", "Cookie: a=p; a=q; b=2")]
    public void Cookies_BecomeOneHeader(string body, string expected)
    {
        var request = Full();

        Assert.Equal("", MessageOf(OnRequest(body, request)));

        Assert.Equal(expected, string.Join("|", request.Headers.Where(f => f.Name == "Cookie").Select(f => $"{f.Name}: {f.Value}")));
    }

    [Fact]
    public void SeveralCookieFields_BecomeOneWhenChanged()
    {
        var request = Request("/", null, ("Cookie", "a=1"), ("X", "1"), ("cookie", "b=2"));

        OnRequest("request.cookies.a.value = '9'", request);

        Assert.Equal("Host: www.example.com\nCookie: a=9; b=2\nX: 1", Lines(request.Headers));
    }

    [Theory]
    [InlineData("request.uri = '/index.html'", "/index.html")]
    [InlineData("request.uri += 'x'", "/p\u00C3\u00A9x")]
    [InlineData("request.uri = '/é%20'", "/\u00C3\u00A9%20")]
    [InlineData("request.uri = '/' + event.viewer.ip", "/198.51.100.11")]
    public void Uri_IsWrittenAsUtf8(string body, string expected)
    {
        // The whole path is one part: the byte E9 alone is not UTF-8, so the function saw é, and a changed path has é in UTF-8.
        var request = Full();

        Assert.Equal("", MessageOf(OnRequest(body, request)));

        Assert.Equal(expected, request.Uri);
    }

    [Fact]
    public void GetterOfTheResult_IsRun()
    {
        var request = Request();

        Assert.Equal("", MessageOf(OnRequest("Object.defineProperty(request.headers, 'x-g', { get: function () { return { value: 'got' }; }, enumerable: true })", request)));

        Assert.Equal("got", request.Headers.Get("x-g"));
    }

    [Fact]
    public void GetterThatThrows_IsAnExecutionError()
    {
        var request = Full();

        var run = OnRequest("request.headers['x-a'] = { value: '1' }; Object.defineProperty(request, 'uri', { get: function () { throw new Error('no'); } })", request);

        var error = Assert.IsType<FunctionOutcome.Fail>(run.Outcome).Error;
        Assert.Equal(FunctionErrorKind.Execution, error.Kind);
        Assert.EndsWith("Error: no", error.Message, StringComparison.Ordinal);
        Assert.Equal(Headers, Lines(request.Headers));
    }

    [Fact]
    public void GetterThatNeverEnds_IsStopped()
    {
        var run = OnRequest("Object.defineProperty(request, 'uri', { get: function () { for (;;) {} } })", Request());

        Assert.Equal(100, run.ComputeUtilization);
        Assert.Equal(FunctionErrorKind.Execution, Assert.IsType<FunctionOutcome.Fail>(run.Outcome).Error.Kind);
    }

    [Fact]
    public void InvalidResult_LeavesTheRequestAsItWas()
    {
        var request = Full();

        InvalidityOf(OnRequest("request.uri = '/x'; request.querystring = {}; request.headers['x-a'] = { value: '1' }; delete request.headers['x-last']; delete request.headers.host", request));

        Assert.Equal(Headers, Lines(request.Headers));
        Assert.Equal("/p\u00E9", request.Uri);
        Assert.Equal("a&b=\u00E9&a=2", request.QueryString);
    }
}
