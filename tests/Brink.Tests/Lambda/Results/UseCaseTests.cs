using System.Text;
using System.Text.Json.Nodes;
using Brink.Distributions;
using Brink.Events;
using Brink.Http;
using Brink.Lambda.Events;
using Brink.Lambda.Results;
using Brink.Quotas;
using static Brink.Tests.Lambda.LambdaFixture;

namespace Brink.Tests.Lambda.Results;

/// <summary>The use cases of lambda-edge spec 8, by number: what such a function returns is taken for what it means.</summary>
public sealed class UseCaseTests
{
    private static JsonArray One(string key, string value) => Entries(key, value);

    [Fact]
    public void Case1_ExperimentByCookie_RewritesTheUri()
    {
        var @event = Event(EventType.ViewerRequest, Request(("Cookie", "sid=1"), ("Cookie", "group=b; theme=dark")));
        var cookies = Returned(@event)["headers"]!["cookie"]!.AsArray();
        Assert.Equal(2, cookies.Count);
        Assert.Contains("group=b", (string?)cookies[1]!["value"], StringComparison.Ordinal);

        Applied(@event, result => result["uri"] = "/experiment-b/pixel.jpg");

        Assert.Equal("/experiment-b/pixel.jpg", @event.Request.Uri);
        Assert.Equal("Host: www.example.com\nCookie: sid=1\nCookie: group=b; theme=dark", Lines(@event.Request.Headers));
    }

    [Theory]
    [InlineData(EventType.OriginResponse)]
    [InlineData(EventType.ViewerResponse)]
    public void Case2_EntryUnderAnotherName_TakesThatName(EventType type)
    {
        var @event = Event(type, response: Response(200, ("X-Amz-Meta-Last-Modified", "Mon, 02 Jan 2023 00:00:00 GMT"), ("Last-Modified", "Tue, 03 Jan 2023 00:00:00 GMT")));
        AppliedToResponse(@event, result => result["headers"]!["last-modified"] = new JsonArray(result["headers"]!["x-amz-meta-last-modified"]![0]!.DeepClone()));

        Assert.Equal("X-Amz-Meta-Last-Modified: Mon, 02 Jan 2023 00:00:00 GMT\nLast-Modified: Mon, 02 Jan 2023 00:00:00 GMT", Lines(@event.Response!.Headers));
    }

    [Theory]
    [InlineData(EventType.ViewerRequest)]
    [InlineData(EventType.OriginRequest)]
    public void Case3_StaticPage_NeedsNoOrigin(EventType type) =>
        Assert.Equal(
            "200 OK\nCache-Control: max-age=100\nContent-Type: text/html\nContent-Length: 24\n\n<!DOCTYPE html><p>Hello.",
            Wire(Generated(Read(Event(type),
                """
                {"status":"200","statusDescription":"OK","headers":{"cache-control":[{"key":"Cache-Control","value":"max-age=100"}],"content-type":[{"key":"Content-Type","value":"text/html"}]},
                 "body":"<!DOCTYPE html><p>Hello."}
                """))));

    [Theory]
    [InlineData(EventType.ViewerRequest)]
    [InlineData(EventType.OriginRequest)]
    public void Case4_Redirect_HasNoBody(EventType type) =>
        Assert.Equal(
            "302 Found\nLocation: https://docs.example.com/\nContent-Length: 0\n\n",
            Wire(Generated(Read(Event(type), """{"status":"302","statusDescription":"Found","headers":{"location":[{"key":"Location","value":"https://docs.example.com/"}]}}"""))));

    [Fact]
    public void Case5_QueryParameterToHeader()
    {
        var @event = Event(EventType.OriginRequest);
        Applied(@event, result =>
        {
            result["headers"]!["auth"] = One("Auth", "token");
            result["querystring"] = "y=2";
        });
        Assert.Equal("GET /a/b?y=2\nHost: www.example.com\nAuth: token", Wire(@event.Request));

        // value: undefined is no property at all in JSON.
        Assert.StartsWith("request.headers['auth'][0].value is missing", ProblemOf(Edit(@event, result => result["headers"]!["auth"] = JsonNode.Parse("""[{"key":"Auth"}]"""))), StringComparison.Ordinal);
    }

    [Fact]
    public void Case6_NormalisedQuery()
    {
        var @event = Event(EventType.ViewerRequest);
        @event.Request.QueryString = "Size=LARGE&colour=Red";
        Applied(@event, result => result["querystring"] = "colour=red&size=large");

        Assert.Equal("colour=red&size=large", @event.Request.QueryString);
    }

    [Fact]
    public void Case7_SignInRedirect_KnowsHostAndUri()
    {
        var seen = Returned(Event(EventType.ViewerRequest));
        var location = $"https://www.example.com/signin?back={Uri.EscapeDataString($"https://{seen["headers"]!["host"]![0]!["value"]}{seen["uri"]}?{seen["querystring"]}")}";
        var response = Generated(Read(Event(EventType.ViewerRequest), new JsonObject { ["status"] = "302", ["headers"] = new JsonObject { ["location"] = One("Location", location) } }.ToJsonString()));

        Assert.Equal("https://www.example.com/signin?back=https%3A%2F%2Fwww.example.com%2Fa%2Fb%3Fx%3D1%26y%3D2", response.Headers.Get("Location"));
    }

    [Fact]
    public void Case8_CountryRedirect()
    {
        var @event = Event(EventType.OriginRequest, Request(("CloudFront-Viewer-Country", "DE")));
        Assert.Equal("DE", (string?)Returned(@event)["headers"]!["cloudfront-viewer-country"]![0]!["value"]);

        Assert.Equal(
            "302 Found\nCache-Control: max-age=60\nLocation: /de/a/b\nContent-Length: 0\n\n",
            Wire(Generated(Read(@event, """{"status":302,"statusDescription":"Found","headers":{"cache-control":[{"value":"max-age=60"}],"location":[{"key":"Location","value":"/de/a/b"}]}}"""))));
    }

    [Fact]
    public void Case9_DevicePath()
    {
        var @event = Event(EventType.OriginRequest, Request(("CloudFront-Is-Mobile-Viewer", "true")));
        Applied(@event, result => result["uri"] = "/mobile" + (string?)result["uri"]);

        Assert.Equal("/mobile/a/b", @event.Request.Uri);
    }

    [Fact]
    public void Case10_CustomToS3ByQuery_WithHost()
    {
        var @event = Event(EventType.OriginRequest);
        var origin = Assert.IsType<S3Origin>(Applied(@event, result =>
        {
            result["origin"] = JsonNode.Parse("""{"s3":{"domainName":"pictures.s3.amazonaws.com","region":"","authMethod":"none","path":"","customHeaders":{}}}""");
            result["headers"]!["host"] = One("host", "pictures.s3.amazonaws.com");
        }).Origin);

        Assert.Equal(("pictures.s3.amazonaws.com", "", S3AuthMethod.None), (origin.DomainName, origin.Region, origin.AuthMethod));
        Assert.Equal("host: pictures.s3.amazonaws.com", Lines(@event.Request.Headers));
    }

    [Theory]
    [InlineData("eu-central-1")]
    [InlineData("ap-northeast-1")]
    public void Case11And13_BucketByCountryOrDice_EditedInPlace(string region)
    {
        var @event = Event(EventType.OriginRequest, origin: Bucket);
        var origin = Assert.IsType<S3Origin>(Applied(@event, result =>
        {
            (result["origin"]!["s3"]!["region"], result["origin"]!["s3"]!["domainName"]) = (region, $"b-{region}.s3.{region}.amazonaws.com");
            result["headers"]!["host"] = One("host", $"b-{region}.s3.{region}.amazonaws.com");
        }).Origin);

        Assert.Equal((region, S3AuthMethod.OriginAccessIdentity, "bucket"), (origin.Region, origin.AuthMethod, origin.Id));
    }

    [Fact]
    public void Case12_S3ToCustom_WithOldProtocols()
    {
        var origin = Assert.IsType<CustomOrigin>(Applied(Event(EventType.OriginRequest, origin: Bucket), result =>
        {
            result["origin"] = JsonNode.Parse(
                """{"custom":{"domainName":"www.example.org","port":80,"protocol":"http","path":"","sslProtocols":["TLSv1","TLSv1.1"],"readTimeout":5,"keepaliveTimeout":5,"customHeaders":{}}}""");
            result["headers"]!["host"] = One("host", "www.example.org");
        }).Origin);

        Assert.Equal(("www.example.org", OriginProtocolPolicy.HttpOnly, 80, TimeSpan.FromSeconds(5)), (origin.DomainName, origin.ProtocolPolicy, origin.HttpPort, origin.ReadTimeout));
    }

    [Fact]
    public void Case14_ServerByCountry_EditedInPlace() =>
        Assert.Equal("eu.example.com", Assert.IsType<CustomOrigin>(Applied(Event(EventType.OriginRequest), result => result["origin"]!["custom"]!["domainName"] = "eu.example.com").Origin).DomainName);

    [Fact]
    public void Case15_ErrorBecomesAPage_WithANumberForAStatus()
    {
        var @event = Event(EventType.OriginResponse, response: Response(404, ("Content-Type", "text/xml"), ("Content-Length", "15")));
        AppliedToResponse(@event, result =>
        {
            (result["status"], result["statusDescription"], result["body"]) = (200, "OK", "Here you are");
            result["headers"]!["content-type"] = One("Content-Type", "text/plain");
        });

        Assert.Equal("200 OK\nContent-Type: text/plain\nContent-Length: 12\n\nHere you are", Wire(@event.Response!));
    }

    [Fact]
    public void Case16_ErrorBecomesARedirect_WithoutTheOriginsBody()
    {
        var @event = Event(EventType.OriginResponse, response: Response(503, ("Content-Length", "15")));
        AppliedToResponse(@event, result =>
        {
            (result["status"], result["statusDescription"], result["body"]) = (302, "Found", "");
            result["headers"]!["location"] = One("Location", "/sorry.html");
        });

        Assert.Equal("302 Found\nContent-Length: 0\nLocation: /sorry.html\n\n", Wire(@event.Response!));
    }

    [Fact]
    public void Case17_FormIsRead()
    {
        var request = Request(("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "7"));
        request.Method = "POST";
        var @event = Event(EventType.ViewerRequest, request, body: ExposedBody.Of("a=1&b=2"u8.ToArray(), LambdaQuotas.Classic.Viewer));

        Assert.Equal("a=1&b=2", Encoding.UTF8.GetString(Convert.FromBase64String((string)Returned(@event)["body"]!["data"]!)));
        Assert.Same(RequestDifference.None, Applied(@event, _ => { }));
    }

    [Fact]
    public void Case18_FormIsRewritten_AsText()
    {
        var request = Request(("Content-Length", "7"));
        request.Method = "POST";
        var @event = Event(EventType.OriginRequest, request, body: ExposedBody.Of("a=1&b=2"u8.ToArray(), LambdaQuotas.Classic.Origin));
        var difference = Applied(@event, result => (result["body"]!["action"], result["body"]!["encoding"], result["body"]!["data"]) = ("replace", "text", "a=1&b=2&c=3"));

        Assert.Equal("a=1&b=2&c=3", TextOf(difference.Body!));
        Assert.Equal("11", request.Headers.Get("Content-Length"));
    }

    // ---------------------------------------------------------------- published patterns beside the list

    [Fact]
    public void SecurityHeaders_OnAResponse()
    {
        var @event = Event(EventType.OriginResponse, response: Response(200, ("Content-Type", "text/html")));
        AppliedToResponse(@event, result =>
        {
            foreach (var (name, value) in new[] { ("Strict-Transport-Security", "max-age=63072000"), ("X-Frame-Options", "DENY"), ("X-Content-Type-Options", "nosniff") })
                result["headers"]![name.ToLowerInvariant()] = One(name, value);
        });

        Assert.Equal("Content-Type: text/html\nStrict-Transport-Security: max-age=63072000\nX-Frame-Options: DENY\nX-Content-Type-Options: nosniff", Lines(@event.Response!.Headers));
    }

    [Fact]
    public void ResizedImage_IsBase64AtOriginResponse()
    {
        var image = new byte[3000];
        new Random(7).NextBytes(image);
        var @event = Event(EventType.OriginResponse, response: Response(404, ("Content-Type", "text/xml")));
        AppliedToResponse(@event, result =>
        {
            (result["status"], result["body"], result["bodyEncoding"]) = ("200", Convert.ToBase64String(image), "base64");
            result["headers"]!["content-type"] = JsonNode.Parse("""[{"key":"Content-Type","value":"image/webp"}]""");
        });

        Assert.Equal(image, Assert.IsType<BytesBody>(@event.Response!.Body).Bytes.ToArray());
        Assert.Equal("image/webp", @event.Response.Headers.Get("Content-Type"));
    }

    [Fact]
    public void LoginCookies_ReachTheViewerOnLinesOfTheirOwn()
    {
        var response = Generated(Read(Event(EventType.ViewerRequest),
            """{"status":"302","headers":{"location":[{"key":"Location","value":"/"}],"set-cookie":[{"key":"Set-Cookie","value":"id=1; Path=/"},{"key":"Set-Cookie","value":"refresh=2; Path=/"},{"key":"Set-Cookie","value":"id=; Max-Age=0"}]}}"""));

        Assert.Equal("Location: /\nSet-Cookie: id=1; Path=/\nSet-Cookie: refresh=2; Path=/\nSet-Cookie: id=; Max-Age=0\nContent-Length: 0", Lines(response.Headers));
    }

    [Fact]
    public void MutualTls_CertificateIsNotShown() =>
        Assert.DoesNotContain("cert", Returned(Event(EventType.OriginRequest, Request(("Client-Cert", "x"), ("CloudFront-Viewer-Cert-Pem", "x")))).ToJsonString(), StringComparison.OrdinalIgnoreCase);
}
