using System.Text.Json.Nodes;
using Brink.Distributions;
using Brink.Events;
using Brink.Http;
using Brink.Lambda.Results;
using static Brink.Tests.Lambda.LambdaFixture;

namespace Brink.Tests.Lambda.Results;

/// <summary>Lambda-edge spec 1.5, 2.5, 3.6: the origin that an origin-request function returns.</summary>
public sealed class OriginChangeTests
{
    private static readonly DirectoryOrigin Folder = new() { Id = "folder", Directory = "/nowhere" };

    public static TheoryData<string> Origins => ["server", "bucket", "folder"];

    private static Origin Named(string name) => name switch { "server" => Server, "bucket" => Bucket, _ => Folder };

    private static Origin? Change(Origin origin, Action<JsonObject> edit)
    {
        var @event = Event(EventType.OriginRequest, origin: origin);
        return Applied(@event, result => edit(result["origin"]!.AsObject())).Origin;
    }

    private static LambdaOutcome Set(Origin origin, string kind, string field, string json) =>
        Edit(Event(EventType.OriginRequest, origin: origin), result => result["origin"]![kind]![field] = JsonNode.Parse(json));

    [Theory]
    [MemberData(nameof(Origins))]
    public void Unchanged_IsTheSameOrigin(string name) => Assert.Null(Change(Named(name), _ => { }));

    [Theory]
    [MemberData(nameof(Origins))]
    public void LeftOut_IsTheSameOrigin(string name)
    {
        var @event = Event(EventType.OriginRequest, origin: Named(name));

        Assert.Null(Applied(@event, result => result.Remove("origin")).Origin);
        Assert.Null(Applied(@event, result => result["origin"] = null).Origin);
    }

    [Fact]
    public void CustomField_ChangedInPlace_KeepsTheOthers()
    {
        var changed = Assert.IsType<CustomOrigin>(Change(Server with { ConnectionAttempts = 1 }, origin => origin["custom"]!["domainName"] = "Other.example.com"));

        Assert.Equal(Server with { ConnectionAttempts = 1, DomainName = "other.example.com" }, changed);
    }

    [Fact]
    public void PortOrProtocol_Changed_DecidesTheScheme()
    {
        var plain = Assert.IsType<CustomOrigin>(Change(Server, origin => (origin["custom"]!["port"], origin["custom"]!["protocol"]) = (8080, "http")));
        Assert.Equal((OriginProtocolPolicy.HttpOnly, 8080), (plain.ProtocolPolicy, plain.HttpPort));

        var secure = Assert.IsType<CustomOrigin>(Change(Server, origin => origin["custom"]!["port"] = 8443));
        Assert.Equal((OriginProtocolPolicy.HttpsOnly, 8443), (secure.ProtocolPolicy, secure.HttpsPort));

        var kept = Assert.IsType<CustomOrigin>(Change(Server, origin => origin["custom"]!["path"] = ""));
        Assert.Equal(OriginProtocolPolicy.MatchViewer, kept.ProtocolPolicy);
    }

    [Fact]
    public void ToAnotherKind_TakesTheWholeObject()
    {
        var server = Assert.IsType<CustomOrigin>(Change(Bucket, origin =>
        {
            origin.Clear();
            origin["custom"] = JsonNode.Parse(
                """{"domainName":"api.example.com","port":443,"protocol":"https","path":"/v1","sslProtocols":["TLSv1.2","TLSv1.1"],"readTimeout":5,"keepaliveTimeout":4,"customHeaders":{"x-from":[{"key":"X-From","value":"edge"}]}}""");
        }));
        Assert.Equal(("bucket", "api.example.com", "/v1", 443, OriginProtocolPolicy.HttpsOnly), (server.Id, server.DomainName, server.OriginPath, server.HttpsPort, server.ProtocolPolicy));
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(4)), (server.ReadTimeout, server.KeepaliveTimeout));
        Assert.Equal(["TLSv1.2", "TLSv1.1"], server.SslProtocols);
        Assert.Equal([new HeaderField("X-From", "edge")], server.CustomHeaders);

        var bucket = Assert.IsType<S3Origin>(Change(Server, origin =>
        {
            origin.Clear();
            origin["s3"] = JsonNode.Parse("""{"domainName":"b.s3.amazonaws.com","region":"","authMethod":"none","path":"","customHeaders":{}}""");
        }));
        Assert.Equal(new S3Origin { Id = "server", DomainName = "b.s3.amazonaws.com", CustomHeaders = bucket.CustomHeaders }, bucket);
    }

    [Fact]
    public void Bucket_KeepsItsIdentityFromRegionToRegion()
    {
        var changed = Assert.IsType<S3Origin>(Change(Bucket, origin => (origin["s3"]!["region"], origin["s3"]!["domainName"]) = ("eu-central-1", "b.s3.eu-central-1.amazonaws.com")));

        Assert.Equal(Bucket with { Region = "eu-central-1", DomainName = "b.s3.eu-central-1.amazonaws.com", CustomHeaders = changed.CustomHeaders }, changed);
    }

    [Fact]
    public void Folder_MovesOrGivesWay()
    {
        Assert.Equal(Folder with { OriginPath = "/de" }, Change(Folder, origin => origin["s3"]!["path"] = "/de"));
        Assert.IsType<S3Origin>(Change(Folder, origin => origin["s3"]!["domainName"] = "b.s3.amazonaws.com"));
        Assert.StartsWith("request.origin.s3 stands for a local folder", ProblemOf(Set(Folder, "s3", "region", "\"us-east-1\"")), StringComparison.Ordinal);
        Assert.StartsWith("request.origin.s3 stands for a local folder", ProblemOf(Set(Folder, "s3", "customHeaders", """{"x-a":[{"value":"1"}]}""")), StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Fields()
    {
        var rows = new TheoryData<string, string, string>();
        void Good(string field, params string[] values) => Array.ForEach(values, value => rows.Add(field, value, ""));
        void Bad(string field, string rule, params string[] values) => Array.ForEach(values, value => rows.Add(field, value, rule));

        Good("custom.domainName", "\"a\"", "\"a.example.com\"", "\"a-b.c\"", $"\"{Long(253)}\"", "\"origin.example.com\"");
        Bad("custom.domainName", "must not be empty", "\"\"");
        Bad("custom.domainName", "must not be over 253", $"\"{Long(254)}\"");
        Bad("custom.domainName", "must not have a colon", "\"a.example.com:80\"", "\"https://a.example.com\"", "\"::1\"");
        Bad("custom.domainName", "must not be an IP address", "\"10.0.0.1\"", "\"127.1\"");
        Bad("custom.domainName", "must be a DNS name", "\"a/b\"", "\"a b\"", "\"a..b\"", "\"ü.example.com\"", "\"a\\u0000\"");
        Bad("custom.domainName", "must be a string", "1", "[]", "{}", "true");
        Bad("custom.domainName", "is missing", "null");

        Good("custom.keepaliveTimeout", "1", "5", "60", "120");
        Bad("custom.keepaliveTimeout", "must be an integer from 1 to 120", "0", "121", "-1", "1.5", "\"5\"", "1e9", "1e999", "true");
        Good("custom.readTimeout", "1", "4", "5", "60", "120");
        Bad("custom.readTimeout", "must be an integer from 1 to 120", "0", "121", "-1", "30.5", "\"30\"", "99999999999999");

        Good("custom.path", "\"\"", "\"/a\"", "\"/a/b\"", "\"/a%20b\"", $"\"/{new string('p', 254)}\"");
        Bad("custom.path", "must begin with a slash", "\"a\"", "\"/\"", "\"/a/\"");
        Bad("custom.path", "must be URL-encoded", "\"/a b\"", "\"/ü\"", "\"/a?b\"", "\"/a#b\"");
        Bad("custom.path", "must not be over 255", $"\"/{new string('p', 255)}\"");
        Bad("custom.path", "must be a string", "1", "[]");

        Good("custom.port", "80", "443", "1024", "65535", "8443");
        Bad("custom.port", "must be 80, 443 or 1024 to 65535", "1", "81", "444", "1023");
        Bad("custom.port", "must be an integer from 1 to 65535", "0", "65536", "-1", "\"443\"", "443.5", "1e99", "[443]");
        Bad("custom.port", "is missing", "null");

        Good("custom.protocol", "\"http\"", "\"https\"");
        Bad("custom.protocol", "must be 'http' or 'https'", "\"HTTPS\"", "\"ftp\"", "\"match-viewer\"", "\"\"", "443");
        Bad("custom.protocol", "is missing", "null");

        Good("custom.sslProtocols", "[\"TLSv1.2\"]", "[\"TLSv1.2\",\"TLSv1.1\",\"TLSv1\",\"SSLv3\"]");
        Bad("custom.sslProtocols", "must be an array of one to four protocols", "[]", "\"TLSv1.2\"", "{}", "[\"TLSv1.2\",\"TLSv1.2\",\"TLSv1.2\",\"TLSv1.2\",\"TLSv1.2\"]");
        Bad("custom.sslProtocols", "must be one of SSLv3, TLSv1, TLSv1.1, TLSv1.2", "[\"TLSv1.3\"]", "[\"tlsv1.2\"]", "[1]", "[null]");
        Bad("custom.sslProtocols", "has no TLSv1.2", "[\"TLSv1\",\"TLSv1.1\"]");

        foreach (var kind in new[] { "custom", "s3" })
        {
            Good(kind + ".customHeaders", "{}", "null", """{"x-new":[{"value":"1"}]}""", """{"x-new":[{"key":"X-New","value":"ü"}],"x-none":[]}""");
            Bad(kind + ".customHeaders", "must be an object", "[]", "\"\"", "1");
            Bad(kind + ".customHeaders", "must be an array", """{"x-a":"1"}""", """{"x-a":{"value":"1"}}""");
            Bad(kind + ".customHeaders", "must be an object", """{"x-a":["1"]}""");
            Bad(kind + ".customHeaders", "is missing", """{"x-a":[{}]}""");
            Bad(kind + ".customHeaders", "must be a string", """{"x-a":[{"value":1}]}""");
            Bad(kind + ".customHeaders", "must have a name that is an HTTP token", """{"x a":[{"value":"1"}]}""");
            Bad(kind + ".customHeaders", "must not have control characters", """{"x-a":[{"value":"a\r\nb"}]}""");
            Bad(kind + ".customHeaders", "must have one entry", """{"x-a":[{"value":"1"},{"value":"2"}]}""", """{"x-a":[{"value":"1"}],"X-A":[{"value":"2"}]}""");
            Bad(kind + ".customHeaders", "is in request.headers already", """{"user-agent":[{"value":"1"}]}""");
            Bad(kind + ".customHeaders", "must not have more than 10 headers", "{" + string.Join(',', Enumerable.Range(0, 11).Select(i => $"\"x-{i}\":[{{\"value\":\"1\"}}]")) + "}");
            Bad(kind + ".customHeaders", "must not be over 1,783 characters", $$"""{"x-a":[{"value":"{{new string('v', 1784)}}"}]}""");
            Bad(kind + ".customHeaders", "must not be over 10,240 characters", "{" + string.Join(',', Enumerable.Range(0, 6).Select(i => $"\"x-{i}\":[{{\"value\":\"{new string('v', 1750)}\"}}]")) + "}");
            Bad(kind + ".customHeaders", "is a header that may not be added to origin requests",
                [.. new[]
                {
                    "Cache-Control", "Connection", "Content-Length", "Cookie", "Host", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since",
                    "Max-Forwards", "Pragma", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Range", "Request-Range", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
                    "X-Amz-Meta-A", "X-Amz-Security-Token", "X-Edge-Location", "X-Real-Ip", "X-Cache", "Keep-Alive", "Expect",
                }.Select(name => $$"""{"{{name.ToLowerInvariant()}}":[{"key":"{{name}}","value":"1"}]}""")]);
        }

        Good("s3.domainName", "\"b.s3.amazonaws.com\"", $"\"{Long(128)}\"");
        Bad("s3.domainName", "must not be over 128", $"\"{Long(129)}\"");
        Bad("s3.domainName", "must be in lower case", "\"B.s3.amazonaws.com\"");
        Bad("s3.domainName", "must be the DNS name of a bucket", "\"\"", "\"a/b\"", "\"a:80\"", "\"10.0.0.1\"");
        Bad("s3.domainName", "must be a string", "1", "{}");
        Bad("s3.domainName", "is missing", "null");
        Good("s3.path", "\"\"", "\"/a\"");
        Bad("s3.path", "must begin with a slash", "\"a\"", "\"/a/\"");
        Good("s3.region", "\"us-west-2\"", "\"ap-southeast-1\"");
        Bad("s3.region", "must be the code of a region", "\"somewhere\"", "\"US-EAST-1\"", "\"us east 1\"");
        Bad("s3.region", "is required with origin-access-identity", "\"\"");
        Bad("s3.region", "is missing", "null");
        Good("s3.authMethod", "\"none\"", "\"origin-access-identity\"", "null");
        Bad("s3.authMethod", "must be 'none' or 'origin-access-identity'", "\"oac\"", "\"origin-access-control\"", "\"\"", "1", "{}");
        return rows;
    }

    private static string Long(int length) => string.Join('.', Enumerable.Repeat(new string('a', 9), length / 10 + 1))[..length].TrimEnd('.').PadRight(length, 'b');

    [Theory]
    [MemberData(nameof(Fields))]
    public void Field_IsHeldToItsRule(string field, string value, string rule)
    {
        var (kind, name) = (field.Split('.')[0], field.Split('.')[1]);
        var request = Request(("User-Agent", "curl"));
        var outcome = Edit(Event(EventType.OriginRequest, request, origin: kind == "s3" ? Bucket : Server), result => result["origin"]![kind]![name] = JsonNode.Parse(value));

        if (rule.Length == 0)
        {
            Assert.Equal("", ProblemOf(outcome));
            return;
        }
        Assert.StartsWith("request.origin." + field, ProblemOf(outcome), StringComparison.Ordinal);
        Assert.Contains(rule, ProblemOf(outcome), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "request.origin must have custom or s3", null)]
    [InlineData("""{"custom":null}""", "request.origin must have custom or s3", null)]
    [InlineData("""{"custom":{},"s3":{}}""", "request.origin must not have both", null)]
    [InlineData("[]", "request.origin must be an object, not an array", null)]
    [InlineData("\"a.example.com\"", "request.origin must be an object, not a string", null)]
    [InlineData("""{"custom":"a.example.com"}""", "request.origin.custom must be an object, not a string", null)]
    [InlineData("""{"s3":[]}""", "request.origin.s3 must be an object, not an array", null)]
    [InlineData("""{"custom":{}}""", "request.origin.custom.domainName is missing", "The value of DomainName is invalid.")]
    [InlineData("""{"custom":{"domainName":"http://a"}}""", "request.origin.custom.domainName must not have a colon", "The value of DomainName is invalid.")]
    [InlineData("""{"s3":{}}""", "request.origin.s3.domainName is missing", "The value of DomainName is invalid.")]
    [InlineData("""{"custom":{"domainName":"a.example.com"}}""", "request.origin.custom.port is missing", "The value of Port is invalid.")]
    [InlineData("""{"custom":{"domainName":"a.example.com","port":80,"protocol":"http","sslProtocols":["x"]}}""", "request.origin.custom.sslProtocols[0] must be one of", "The value of SslProtocols is invalid.")]
    [InlineData("""{"custom":{"domainName":"a.example.com","port":80,"protocol":"http","customHeaders":{"via":[{"value":"1"}]}}}""", "request.origin.custom.customHeaders['via'] is a header", "One or more HeaderName or HeaderValue values are invalid.")]
    [InlineData("""{"s3":{"domainName":"b.s3.amazonaws.com","region":"us-east-1","authMethod":"origin-access-identity"}}""", "request.origin.s3.authMethod can be origin-access-identity only", "The value of AuthMethod is invalid.")]
    public void Shape_IsExactlyOneKind(string origin, string detail, string? sentence)
    {
        var outcome = Edit(Event(EventType.OriginRequest), result => result["origin"] = JsonNode.Parse(origin));

        Assert.StartsWith(detail, ProblemOf(outcome), StringComparison.Ordinal);
        Assert.Equal("The Lambda function returned an invalid origin configuration: " + (sentence ?? "The origin must be one custom or one s3 object."), MessageOf(outcome));
    }

    [Fact]
    public void OldProtocols_AreFineWhereNoneIsSpoken() =>
        Assert.Equal("", ProblemOf(Edit(Event(EventType.OriginRequest), result => result["origin"] = JsonNode.Parse(
            """{"custom":{"domainName":"www.example.com","port":80,"protocol":"http","path":"","sslProtocols":["TLSv1","TLSv1.1"],"readTimeout":5,"keepaliveTimeout":5,"customHeaders":{}}}"""))));

    [Fact]
    public void ReadTimeout_OverTheCompletionTimeout_IsRefused() =>
        Assert.StartsWith("request.origin.custom.readTimeout must not be over the origin's response completion timeout of 40 s",
            ProblemOf(Set(Server with { ResponseCompletionTimeout = TimeSpan.FromSeconds(40) }, "custom", "readTimeout", "41")), StringComparison.Ordinal);

    [Fact]
    public void CustomHeaderThatCameWithTheEvent_IsNotJudgedAgain()
    {
        var @event = Event(EventType.OriginRequest, Request(("X-Secret", "from the viewer")));

        Assert.Null(Applied(@event, _ => { }).Origin);
    }

    [Fact]
    public void Address_OfADevelopmentOrigin_MayStay() =>
        Assert.Equal("/x", Change(Server with { DomainName = "127.0.0.1" }, origin => origin["custom"]!["path"] = "/x")!.OriginPath);

    [Fact]
    public void ViewerRequest_CannotChooseAnOrigin() =>
        Assert.StartsWith("request.origin cannot be set in viewer-request",
            ProblemOf(Edit(Event(EventType.ViewerRequest), result => result["origin"] = JsonNode.Parse("""{"s3":{"domainName":"b.s3.amazonaws.com"}}"""))), StringComparison.Ordinal);
}
