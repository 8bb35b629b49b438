using Brink.JavaScript;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Events;

public sealed class EventViewTests
{
    [Fact]
    public void ViewerRequest_HasTheShapeOfTheSpec()
    {
        var request = Request("/media/index.mpd", "ID=42&Exp=1&ID=43&empty&bare=", ("Accept", "a, b, c"), ("User-Agent", "curl/8"), ("Cookie", "id=1; loggedIn=true; id=2"));

        Assert.Equal(
            """{"version":"1.0","context":{"distributionDomainName":"d111111abcdef8.cloudfront.net","distributionId":"EDFDVBD6EXAMPLE","eventType":"viewer-request","requestId":"id-of-this-request"},"viewer":{"ip":"198.51.100.11"},"request":{"method":"GET","uri":"/media/index.mpd","querystring":{"ID":{"value":"42","multiValue":[{"value":"42"},{"value":"43"}]},"Exp":{"value":"1"},"empty":{"value":""},"bare":{"value":""}},"headers":{"host":{"value":"www.example.com"},"accept":{"value":"a, b, c"},"user-agent":{"value":"curl/8"}},"cookies":{"id":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]},"loggedIn":{"value":"true"}}}}""",
            Seen("event", request));
    }

    [Fact]
    public void ViewerResponse_HasBothMessagesAndNoBody()
    {
        var response = Response(206, ("Content-Type", "text/html"), ("Set-Cookie", "id=1; Path=/; Secure"), ("X-A", "1"), ("X-a", "2"), ("Set-Cookie", "plain=2"));

        Assert.Equal(
            """{"statusCode":206,"statusDescription":"Partial Content","headers":{"content-type":{"value":"text/html"},"x-a":{"value":"1","multiValue":[{"value":"1"},{"value":"2"}]}},"cookies":{"id":{"value":"1","attributes":"Path=/; Secure"},"plain":{"value":"2"}}}""",
            Seen("event.response", Request(), response));
        Assert.Equal("\"viewer-response\"", Seen("event.context.eventType", Request(), Response()));
        Assert.Equal("\"/a/b\"", Seen("event.request.uri", Request(), Response()));
    }

    [Fact]
    public void ListOfMoreThanTenEntries_KeepsTheOrderOfArrival_AndItsCopyHasTheEnginesOrder()
    {
        var request = Request("/", "k0&k1&k2&k3&k4&k5&k6&k7&k8&k9&k10");

        Assert.Equal("\"k0,k1,k2,k3,k4,k5,k6,k7,k8,k9,k10\"", Seen("Object.keys(event.request.querystring).join()", request));
        Assert.Equal("\"k8,k9,k6,k7,k4,k5,k2,k3,k0,k1,k10\"", Seen("Object.keys(Object.assign({}, event.request.querystring)).join()", request));
    }

    [Fact]
    public void WhatTheScriptAddsToAList_StandsBehindIt_InTheOrderOfArrival()
    {
        var request = Request("/", "z=1");

        OnRequest("for (var i = 0; i < 12; i++) request.querystring['k' + i] = {value: '' + i}", request);

        Assert.Equal("z=1&k0=0&k1=1&k2=2&k3=3&k4=4&k5=5&k6=6&k7=7&k8=8&k9=9&k10=10&k11=11", request.QueryString);
    }

    [Theory]
    [InlineData("WWW.Example.COM", "www.example.com")]
    [InlineData("example.com:8080", "example.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData("example.com.:443", "example.com")]
    [InlineData("[2001:DB8::1]:443", "[2001:db8::1]")]
    [InlineData("[2001:db8::1]", "[2001:db8::1]")]
    public void Host_IsLowerCaseWithoutPortAndDot(string sent, string seen)
    {
        var request = Request();
        request.Headers.Set("Host", sent);

        Assert.Equal($"\"{seen}\"", Seen("event.request.headers.host.value", request));
        Assert.Equal(sent, request.Headers.Get("Host"));
    }

    [Theory]
    [InlineData("Connection")]
    [InlineData("X-Forwarded-Proto")]
    [InlineData("X-Amz-Cf-Id")]
    [InlineData("X-Edge-Location")]
    [InlineData("x-amzn-requestid")]
    [InlineData("Cookie")]
    public void HiddenHeader_IsNotShownAndStays(string name)
    {
        var request = Request("/", null, (name, "x=1"));

        Assert.Equal("[\"host\"]", Seen("Object.keys(event.request.headers)", request));
        Assert.Equal("\"undefined\"", Seen($"typeof event.request.headers['{name.ToLowerInvariant()}']", request));
        Assert.Equal("x=1", request.Headers.Get(name));
    }

    [Fact]
    public void CloudFrontHeader_IsShownOnlyWherePoliciesListIt()
    {
        var request = Request("/", null, ("CloudFront-Viewer-Country", "FR"), ("CloudFront-Is-Mobile-Viewer", "true"));

        Assert.Equal("[\"host\"]", Seen("Object.keys(event.request.headers)", request));
        Assert.Equal(
            "[\"host\",\"cloudfront-viewer-country\"]",
            Seen("Object.keys(event.request.headers)", request, shows: name => name.Equals("CloudFront-Viewer-Country", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void BytesThatAreUtf8_AreShownAsText_OthersAsLatin1()
    {
        // Wire text is one char for each byte: C3 A9 is é in UTF-8, E9 alone is not UTF-8.
        var request = Request("/caf\u00C3\u00A9", "n\u00C3\u00A9=\u00E9", ("X-Utf8", "\u00C3\u00A9"), ("X-Latin1", "\u00E9"));

        Assert.Equal("\"/café\"", Seen("event.request.uri", request));
        Assert.Equal("""{"né":{"value":"é"}}""", Seen("event.request.querystring", request));
        Assert.Equal("\"éé\"", Seen("event.request.headers['x-utf8'].value + event.request.headers['x-latin1'].value", request));
    }

    [Fact]
    public void Query_IsRaw()
    {
        Assert.Equal(
            """{"A":{"value":"%20+x"},"a":{"value":"b=c"},"":{"value":"v"}}""",
            Seen("event.request.querystring", Request("/", "A=%20+x&&a=b=c&=v")));
    }

    [Theory]
    [InlineData("a=1&b=2", "\"a=1&b=2\"")]
    [InlineData("", "\"\"")]
    [InlineData(null, "\"undefined\"")]
    public void RawQueryString_HasThreeCases(string? query, string expected) =>
        Assert.Equal(expected, Seen("event.request.rawQueryString() === undefined ? 'undefined' : event.request.rawQueryString()", Request("/p", query)));

    [Fact]
    public void RawQueryString_IsMissingIn10() =>
        Assert.Equal("\"undefined\"", Seen("typeof event.request.rawQueryString", Request(), runtime: Runtime.CloudFrontJs10));

    [Fact]
    public void RawQueryString_IsNoData() =>
        Assert.Equal("[\"method\",\"uri\",\"querystring\",\"headers\",\"cookies\"]", Seen("Object.keys(event.request)", Request()));

    [Fact]
    public void ThousandsOfNames_AreFoundAndKept()
    {
        var query = string.Join("&", Enumerable.Range(0, 700).Select(i => $"n{i}=v{i}"));
        var request = Request("/", query);

        Assert.Equal("[700,\"v0\",\"v16\",\"v17\",\"v699\",true]", Seen("[Object.keys(event.request.querystring).length, event.request.querystring.n0.value, event.request.querystring.n16.value, event.request.querystring.n17.value, event.request.querystring.n699.value, event.request.querystring.n700 === undefined]", request));
        Assert.Equal(query, request.QueryString);
        Assert.Equal("""{"a":{"value":"1"}}""", Seen("event.request.querystring", Request("/", "a=1")));       // nothing of the large one is left
    }

    [Fact]
    public void EmojiInAQueryName_CanBeReadAndChanged()
    {
        // F0 9F 98 80
        var request = Request("/", "\u00F0\u009F\u0098\u0080=1");
        Assert.Equal("\"1\"", Seen("event.request.querystring['😀'].value", request));

        OnRequest("request.querystring['😀'].value = '2'", request);

        Assert.Equal("\u00F0\u009F\u0098\u0080=2", request.QueryString);
    }
}
