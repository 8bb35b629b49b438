using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Lambda;
using Brink.Lambda.Versions;
using Brink.Policies;
using Brink.Resources;
using Brink.Signing;

namespace Brink.Tests.Edge;

/// <summary>S3 origins against a real server that checks every signature.</summary>
public sealed class BucketTests(SwiftServer swift) : IClassFixture<SwiftServer>
{
    private static readonly S3Origin Near = new() { Id = "near", DomainName = "near.s3.eu-central-1.amazonaws.com", Region = "eu-central-1", AccessControl = new OriginAccessControl("E1") };
    private static readonly S3Origin Far = Near with { Id = "far", DomainName = "far.s3.us-west-2.amazonaws.com", Region = "us-west-2" };

    // ---------------------------------------------------------------- what is sent

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ObjectWithAnOddName_IsStoredAndReadBack_HoweverItIsSpelt(bool pathStyle)
    {
        await using var edge = await StartAsync(Near with { OriginPath = "/v1" }, SwiftServer.Keys, pathStyle);
        foreach (var (stored, read) in new[]
        {
            ("plain.txt", "%70lain.txt"), ("a%20b.txt", "a%20b.txt"), ("a+b.txt", "a%2Bb.txt"), ("a%2Fb/c", "a/b%2fc"), ("%C3%A9%E2%82%AC", "%c3%a9%e2%82%ac"), ("a&b=c,d;e@f", "a%26b%3Dc%2Cd%3Be%40f"),
            ("'(x)*!$~", "%27%28x%29%2a%21%24%7E"),
        })
        {
            Assert.Equal(200, (await PutAsync(edge, $"/{stored}", $"of {stored}")).Status);

            var answer = await edge.GetAsync($"/{read}");

            Assert.Equal((200, $"of {stored}"), (answer.Status, answer.Text));
        }
    }

    [Fact]
    public async Task RangesConditionsMetadataAndMethods_ReachTheBucket()
    {
        await using var edge = await StartAsync(Near, SwiftServer.Keys);
        Assert.Equal(200, (await edge.AskAsync("PUT /digits HTTP/1.1\r\nHost: test\r\nContent-Type: text/digits\r\nx-amz-meta-colour:  deep blue \r\nContent-Length: 10\r\n\r\n0123456789")).Status);

        var part = await edge.AskAsync("GET /digits HTTP/1.1\r\nHost: test\r\nRange: bytes=2-4\r\n\r\n");
        Assert.Equal((206, "234", "bytes 2-4/10"), (part.Status, part.Text, part["Content-Range"]));
        var head = await edge.AskAsync("HEAD /digits HTTP/1.1\r\nHost: test\r\n\r\n", head: true);
        Assert.Equal((200, "10", "text/digits", "deep blue"), (head.Status, head["Content-Length"], head["Content-Type"], head["x-amz-meta-colour"]));
        Assert.Equal(304, (await edge.AskAsync($"GET /digits HTTP/1.1\r\nHost: test\r\nIf-None-Match: {head["ETag"]}\r\n\r\n")).Status);
        Assert.Equal(412, (await edge.AskAsync("GET /digits HTTP/1.1\r\nHost: test\r\nIf-Match: \"other\"\r\n\r\n")).Status);
        Assert.Equal(416, (await edge.AskAsync("GET /digits HTTP/1.1\r\nHost: test\r\nRange: bytes=20-\r\n\r\n")).Status);
        var listing = await edge.GetAsync("/?list-type=2&prefix=dig%69ts&delimiter=/&fetch-owner");
        Assert.Equal((200, true), (listing.Status, listing.Text.Contains("<Key>digits</Key>", StringComparison.Ordinal)));
        Assert.Equal(204, (await edge.AskAsync("DELETE /digits HTTP/1.1\r\nHost: test\r\n\r\n")).Status);
        var gone = await edge.GetAsync("/digits");
        Assert.Equal((404, true), (gone.Status, gone.Text.Contains("<Code>NoSuchKey</Code>", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ViewersAuthorization_IsReplaced_Kept_OrLeftAlone_AsTheAccessControlSays()
    {
        await using var origin = new ScriptedOrigin();
        foreach (var (behavior, expected) in new[] { (SigningBehavior.Always, "AWS4-HMAC-SHA256 Credential=test:tester/"), (SigningBehavior.NoOverride, "Bearer viewers"), (SigningBehavior.Never, "Bearer viewers") })
        {
            await using var edge = await TestEdge.StartAsync(
                Near with { AccessControl = new OriginAccessControl("E1", behavior) }, snapshot: With(At("127.0.0.1", origin.Port)));

            await edge.AskAsync("GET /x HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer viewers\r\nx-amz-security-token: viewers\r\n\r\n");

            var asked = origin.Requests[^1];
            Assert.StartsWith(expected, Assert.Single(asked.Headers, field => field.Name == "Authorization").Value, StringComparison.Ordinal);
            Assert.Equal(behavior == SigningBehavior.Always ? null : "viewers", asked["X-Amz-Security-Token"]);
        }
        await using var overriding = await TestEdge.StartAsync(
            Near with { AccessControl = new OriginAccessControl("E1", SigningBehavior.NoOverride) }, snapshot: With(At("127.0.0.1", origin.Port)));
        await overriding.GetAsync("/x");
        Assert.StartsWith("AWS4-HMAC-SHA256", origin.Requests[^1]["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_NamesTheBucketAndSignsWhatS3WantsSigned()
    {
        await using var origin = new ScriptedOrigin();
        var clock = new ManualTimeProvider();
        var bucket = Near with { OriginPath = "/v1", CustomHeaders = [new HeaderField("X-Secret", "s")] };
        await using var edge = await TestEdge.StartAsync(bucket, snapshot: With(At("127.0.0.1", origin.Port, new SigningKeys("AKID", "s", "the-token"))), time: clock);

        await edge.GetAsync("/a%7Eb?z=1&a");

        var asked = Assert.Single(origin.Requests);
        Assert.Equal(("/near/v1/a~b?z=1&a", $"127.0.0.1:{origin.Port}", "s", "20260102T030405Z", "the-token", SigV4.EmptyPayload),
            (asked.Target, asked["Host"], asked["X-Secret"], asked["X-Amz-Date"], asked["X-Amz-Security-Token"], asked["X-Amz-Content-Sha256"]));
        Assert.StartsWith(
            "AWS4-HMAC-SHA256 Credential=AKID/20260102/eu-central-1/s3/aws4_request, SignedHeaders=host;x-amz-cf-id;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=",
            asked["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutKeysOrPlaces_ABucketIsAServerUnderItsOwnName()
    {
        await using var origin = new ScriptedOrigin();
        var settings = new S3Settings { Places = [new S3Place("*.amazonaws.com") { Endpoint = new S3Endpoint(false, "127.0.0.1", origin.Port), UsesPathStyle = false }] };
        await using var edge = await TestEdge.StartAsync(Near with { AccessControl = null }, snapshot: With(settings));

        await edge.GetAsync("/a%7Eb+c");

        var asked = Assert.Single(origin.Requests);
        Assert.Equal(("/a%7Eb+c", $"near.127.0.0.1:{origin.Port}", null, null), (asked.Target, asked["Host"], asked["Authorization"], asked["X-Amz-Date"]));
        Assert.Equal((Near.DomainName, Near.OriginPath), (BucketRequestOf(Near).DomainName, BucketRequestOf(Near).OriginPath));
    }

    [Fact]
    public async Task EndpointWithAnIPv6Address_IsAskedUnderIt()
    {
        await using var origin = new ScriptedOrigin(IPAddress.IPv6Loopback);
        await using var edge = await TestEdge.StartAsync(Near, snapshot: With(At("::1", origin.Port)));

        Assert.Equal(200, (await edge.GetAsync("/x")).Status);
        Assert.Equal($"[::1]:{origin.Port}", Assert.Single(origin.Requests)["Host"]);
    }

    [Theory]
    [InlineData(true, "localhost", "/near/x")]
    [InlineData(false, "near.localhost", "/x")]
    public async Task EndpointWithTls_IsAskedByTheNameThatIsSent(bool pathStyle, string name, string target)
    {
        var authority = new TestAuthority();
        await using var origin = new ScriptedOrigin();
        await using var front = new TlsFront(origin, authority.Issue(name));
        var settings = new S3Settings { Places = [new S3Place("*.amazonaws.com") { Endpoint = new S3Endpoint(true, "localhost", front.Port), UsesPathStyle = pathStyle, Keys = SwiftServer.Keys }] };
        await using var edge = await TestEdge.StartAsync(Near, snapshot: With(settings), options: options => options with { OriginAuthorities = authority.Roots });

        Assert.Equal(200, (await edge.GetAsync("/x")).Status);
        Assert.Equal([name], front.Names);
        Assert.Equal((target, $"{name}:{front.Port}"), (Assert.Single(origin.Requests).Target, origin.Requests[0]["Host"]));
    }

    [Theory]
    [InlineData("near.s3.eu-central-1.amazonaws.com", "")]
    [InlineData("www.example.com.s3.eu-central-1.amazonaws.com", "*.s3.eu-central-1.amazonaws.com s3.eu-central-1.amazonaws.com")]
    public void BucketWithDotsInItsName_HasACertificateOfTheService(string domainName, string names)
    {
        var snapshot = TestEdge.SnapshotOf(Near);
        var asked = new RegionalRequest
        {
            S3 = snapshot.S3, Request = new EdgeRequest { Method = "GET", Uri = "/", ClientIp = "127.0.0.1", RequestId = "r" }, Distribution = snapshot.Distributions[0],
            Behavior = snapshot.Distributions[0].DefaultBehavior, OriginalUri = "/", OriginalQueryString = null,
        };

        var request = Brink.Edge.Origins.BucketRequest.For(Near with { DomainName = domainName, AccessControl = null }, asked, out _)!;

        Assert.Equal((domainName, names), (request.Server.DomainName, string.Join(' ', request.Server.AllowedCertificateNames)));
    }

    // ---------------------------------------------------------------- faults

    [Theory]
    [InlineData("test:tester", "other-secret", 0, "(SignatureDoesNotMatch", "the secret access key is wrong, or the region, which was eu-central-1")]
    [InlineData("test:nobody", "other-secret", 0, "(SignatureDoesNotMatch", "the secret access key is wrong, or the region, which was eu-central-1")]
    [InlineData("test:tester", "a/secret+key", 20, "(RequestTimeTooSkewed", "this machine's clock and the server's differ too much; set the clock")]
    [InlineData("test:tester", "a/secret+key", -20, "(RequestTimeTooSkewed", "this machine's clock and the server's differ too much; set the clock")]
    public async Task SignedRequestThatIsRefused_PassesOn_WithTheReasonInTheLog(string id, string secret, int minutesOff, string code, string advice)
    {
        await using var edge = await StartAsync(Near, new SigningKeys(id, secret), time: new ShiftedTime(TimeSpan.FromMinutes(minutesOff)));

        var answer = await edge.GetAsync("/x");
        var entry = await edge.Log.NextAsync();

        Assert.Equal((403, "application/xml"), (answer.Status, answer["Content-Type"]?.Split(';')[0]));
        Assert.Contains($"<Code>{code[1..]}</Code>", answer.Text, StringComparison.Ordinal);
        Assert.StartsWith($"The signed request was refused {code}", entry.OriginNote, StringComparison.Ordinal);
        Assert.EndsWith($": {advice}.", entry.OriginNote, StringComparison.Ordinal);
        Assert.Null(entry.ErrorDetail);
        foreach (var shown in new[] { answer.Text, entry.OriginNote! })
        {
            Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
            Assert.DoesNotContain("AWS4-HMAC", shown, StringComparison.Ordinal);
            Assert.DoesNotContain(id, shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task RefusalThatRepeatsKeys_ReachesTheViewerWithoutThem()
    {
        const string document = "<Error><Code>SignatureDoesNotMatch</Code><Message>No.</Message><AWSAccessKeyId>AKID</AWSAccessKeyId><StringToSign>AWS4</StringToSign>"
            + "<CanonicalRequest>x-amz-security-token:the-token</CanonicalRequest><RequestId>R1</RequestId></Error>";
        await using var origin = new ScriptedOrigin().Reply($"HTTP/1.1 403 Forbidden\r\nContent-Type: application/xml\r\nContent-Length: {document.Length}\r\n\r\n{document}");
        await using var edge = await TestEdge.StartAsync(Near, snapshot: With(At("127.0.0.1", origin.Port)));

        var answer = await edge.GetAsync("/x");

        const string shown = "<Error><Code>SignatureDoesNotMatch</Code><Message>No.</Message><RequestId>R1</RequestId></Error>";
        Assert.Equal((403, shown, shown.Length.ToString(CultureInfo.InvariantCulture)), (answer.Status, answer.Text, answer["Content-Length"]));
    }

    [Theory]
    [InlineData(40_000)]
    [InlineData(32 * 1024)]
    [InlineData(32 * 1024 - 1)]
    public async Task RefusalThatIsNoErrorDocument_PassesOnWhole(int length)
    {
        var body = new string('x', length);
        await using var origin = new ScriptedOrigin().Reply($"HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n");
        await using var edge = await TestEdge.StartAsync(Near, snapshot: With(At("127.0.0.1", origin.Port)));

        var answer = await edge.GetAsync("/x");
        var again = await edge.GetAsync("/x");

        Assert.Equal((403, body, body), (answer.Status, answer.Text, again.Text));
        Assert.Equal("The signed request was refused: the server did not say why; the keys, the region or what the keys may do.", (await edge.Log.NextAsync()).OriginNote);
    }

    [Theory]
    [InlineData(403, "InvalidAccessKeyId", "the server does not know the access key")]
    [InlineData(400, "ExpiredToken", "the session token is over or wrong; get new keys")]
    [InlineData(400, "AuthorizationHeaderMalformed", "most often the region is wrong, which was eu-central-1; set region in the --s3 file")]
    [InlineData(403, "AccessDenied", "the keys may not do this, or there is no such object and they may not list the bucket")]
    [InlineData(400, "InvalidRequest", "see what the server says")]
    public async Task ReasonThatAServerGives_ComesWithAdvice(int status, string code, string advice)
    {
        var document = $"<Error><Code>{code}</Code><Message>It says so.</Message></Error>";
        await using var origin = new ScriptedOrigin().Reply($"HTTP/1.1 {status} X\r\nContent-Type: application/xml\r\nContent-Length: {document.Length}\r\n\r\n{document}");
        await using var edge = await TestEdge.StartAsync(Near, snapshot: With(At("127.0.0.1", origin.Port)));

        Assert.Equal((status, document), await StatusAndTextAsync(edge));
        Assert.Equal($"The signed request was refused ({code}: It says so.): {advice}.", (await edge.Log.NextAsync()).OriginNote);

        static async Task<(int, string)> StatusAndTextAsync(TestEdge edge)
        {
            var answer = await edge.GetAsync("/x");
            return (answer.Status, answer.Text);
        }
    }

    [Fact]
    public async Task UnsignedRequestToAPrivateBucket_IsRefused_AndTheLogSaysWhatToDo()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        await using var edge = await TestEdge.StartAsync(Near with { AccessControl = null }, snapshot: With(At("127.0.0.1", origin.Port)));

        Assert.Equal(403, (await edge.GetAsync("/x")).Status);
        Assert.Equal(
            "The request was not signed and was refused: the bucket is not public; give the origin an OriginAccessControlId, and keys with --s3.",
            (await edge.Log.NextAsync()).OriginNote);
    }

    [Fact]
    public async Task SigningWithoutKeys_NeverGoesOutUnsigned()
    {
        await using var origin = new ScriptedOrigin();
        var settings = new S3Settings { Places = [new S3Place("*.amazonaws.com") { Endpoint = new S3Endpoint(false, "127.0.0.1", origin.Port) }] };
        await using var edge = await TestEdge.StartAsync(Near, snapshot: With(settings));

        Assert.Equal(502, (await edge.GetAsync("/x")).Status);
        Assert.Equal("near.s3.eu-central-1.amazonaws.com: its requests are to be signed, and there are no keys for it: name them in the --s3 file", (await edge.Log.NextAsync()).ErrorDetail);
        Assert.Empty(origin.Requests);
    }

    [Fact]
    public async Task EndpointThatIsDown_IsNamedWithItsBucket()
    {
        var port = FreePort();
        await using var edge = await TestEdge.StartAsync(Near, snapshot: With(At("127.0.0.1", port)));

        Assert.Equal(502, (await edge.GetAsync("/x")).Status);
        var entry = await edge.Log.NextAsync();
        Assert.Equal(("OriginConnectError", $"near.s3.eu-central-1.amazonaws.com, at 127.0.0.1:{port}: Connection refused"), (entry.DetailedResultType, entry.ErrorDetail));
    }

    // ---------------------------------------------------------------- with the rest of the edge

    [Theory]
    [InlineData(404, "near answered 404")]
    [InlineData(403, "near answered 403 (The signed request was refused")]
    [InlineData(503, "near: near.s3.eu-central-1.amazonaws.com, at 127.0.0.1:")]
    public async Task GroupOfBuckets_FailsOver(int listed, string reason)
    {
        await using (var filling = await StartAsync(Far, SwiftServer.Keys))
            await PutAsync(filling, "/only-far", "far");
        var settings = swift.Settings(SwiftServer.Keys);
        if (listed != 404)
        {
            settings = settings with
            {
                Places = settings.Places.Add(new S3Place(Near.DomainName) { Endpoint = new S3Endpoint(false, "127.0.0.1", listed == 503 ? FreePort() : swift.Port), Region = "eu-central-1", Keys = new SigningKeys("test:tester", "wrong") }),
            };
        }
        await using var edge = await TestEdge.StartAsync(Near, snapshot: With(settings, new OriginTarget(Near) { Secondary = Far, FailoverStatusCodes = [listed] }));

        var answer = await edge.GetAsync("/only-far");
        var entry = await edge.Log.NextAsync();

        Assert.Equal((200, "far"), (answer.Status, answer.Text));
        Assert.Equal("far", entry.OriginId);
        Assert.StartsWith(reason, entry.FailoverReason, StringComparison.Ordinal);
        Assert.Null(entry.OriginNote);
    }

    [Fact]
    public async Task MissingObject_IsCachedAsAnErrorOfAnyOriginIs()
    {
        await using var edge = await StartAsync(Near, SwiftServer.Keys, behavior: behavior => behavior with { CachePolicy = ManagedPolicies.FindCachePolicy("CachingOptimized")!, OriginRequestPolicy = null });

        var (first, second) = (await edge.GetAsync("/never-there"), await edge.GetAsync("/never-there"));

        Assert.Equal(("Error from cloudfront", "Error from cloudfront"), (first["X-Cache"], second["X-Cache"]));
        Assert.NotNull(first["X-Amz-Request-Id"]);
        Assert.Equal(first["X-Amz-Request-Id"], second["X-Amz-Request-Id"]); // the bucket was asked once
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PolicyThatForwardsHost_NeverLetsAViewerChooseASignedBucket(bool withFunction)
    {
        await FillAsync("/secret", "near", "far");
        await using var edge = await StartAsync(
            Near, SwiftServer.Keys, behavior: behavior => behavior with { CachePolicy = behavior.CachePolicy with { MaxTtl = TimeSpan.FromSeconds(1), QueryStrings = ItemSet.All }, OriginRequestPolicy = ManagedPolicies.FindOriginRequestPolicy("AllViewer") }, lambda: withFunction ? ScriptedLambda.Passing() : null);

        foreach (var host in new[] { Far.DomainName, "far", "FAR.s3.eu-central-1.amazonaws.com", "far.localhost" })
        {
            var answer = await edge.AskAsync($"GET /secret?{host} HTTP/1.1\r\nHost: {host}\r\n\r\n"); // each with a key of its own: errors are cached
            Assert.Equal(502, answer.Status);
            Assert.Equal(
                $"near.s3.eu-central-1.amazonaws.com: the policy forwards the viewer's Host, '{host.ToLowerInvariant()}', and a bucket is asked by its Host: leave it out, as AllViewerExceptHostHeader does",
                (await edge.Log.NextAsync()).ErrorDetail);
        }
        Assert.Equal("near", (await edge.AskAsync($"GET /secret HTTP/1.1\r\nHost: {Near.DomainName}\r\n\r\n")).Text);
    }

    [Theory]
    [InlineData("/../far/secret")]
    [InlineData("/%2e%2E/far/secret")]
    [InlineData("/a/..%2F..%2ffar/secret")]
    [InlineData("/./secret")]
    [InlineData("/a/..")]
    public async Task PathWithDots_DoesNotLeaveABucketThatIsInThePath(string target)
    {
        await using var origin = new ScriptedOrigin();
        await using var edge = await TestEdge.StartAsync(Near, snapshot: With(At("127.0.0.1", origin.Port)));

        Assert.Equal(400, (await edge.GetAsync(target)).Status);
        Assert.Empty(origin.Requests);
        Assert.Equal(200, (await edge.GetAsync("/a..b/.c/d.")).Status);
    }

    [Fact]
    public async Task PolicyThatForwardsHost_AsksTheBucketOfThatName_AndTheLogSaysSo()
    {
        await using var origin = new ScriptedOrigin().Reply("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        await using var edge = await TestEdge.StartAsync(
            Near with { AccessControl = null }, behavior => behavior with { OriginRequestPolicy = ManagedPolicies.FindOriginRequestPolicy("AllViewer") }, snapshot: With(At("127.0.0.1", origin.Port)));

        Assert.Equal(404, (await edge.GetAsync("/x")).Status);
        Assert.Equal("/test/x", Assert.Single(origin.Requests).Target);
        Assert.Equal("Host was 'test', and a bucket is asked by its Host, not by the origin's domainName: leave Host out of the policy.", (await edge.Log.NextAsync()).OriginNote);
    }

    // Rows 10 to 13 of the documented uses (lambda-edge spec section 8), and the rules of 2.5.

    [Fact]
    public async Task FunctionThatNamesAnotherBucketAndItsHost_IsObeyed()
    {
        await FillAsync("/which", "near", "far");
        await using var edge = await StartAsync(Near, SwiftServer.Keys, lambda: MovingTo(Far.DomainName, Far.DomainName));

        Assert.Equal("far", (await edge.GetAsync("/which")).Text);
    }

    [Fact]
    public async Task FunctionThatForgetsHost_AsksTheOldBucket_AndTheLogSaysSo()
    {
        await FillAsync("/only-near", "near", null);
        await using var edge = await StartAsync(Near, SwiftServer.Keys, lambda: MovingTo(Far.DomainName, null));

        Assert.Equal(404, (await edge.GetAsync("/not-there")).Status);
        Assert.Equal(
            "Host was 'near.s3.eu-central-1.amazonaws.com', and a bucket is asked by its Host, not by the origin's domainName: a function that changes domainName sets headers.host to it as well.",
            (await edge.Log.NextAsync()).OriginNote);
        Assert.Equal("near", (await edge.GetAsync("/only-near")).Text);
    }

    [Fact]
    public async Task IdentityOfTheOrigin_StaysWithABucketOfAnotherRegion_AndSignsForThatRegion()
    {
        await using var origin = new ScriptedOrigin();
        var identity = Near with { AccessControl = null, AuthMethod = S3AuthMethod.OriginAccessIdentity };
        var lambda = ScriptedLambda.Passing(request =>
        {
            var s3 = request["origin"]!["s3"]!;
            Assert.Equal(("origin-access-identity", "eu-central-1"), ((string?)s3["authMethod"], (string?)s3["region"]));
            (s3["domainName"], s3["region"]) = (Far.DomainName, "us-west-2");
            request["headers"]!["host"] = new JsonArray(new JsonObject { ["key"] = "Host", ["value"] = Far.DomainName });
        });
        var settings = At("127.0.0.1", origin.Port);
        settings = settings with { Places = [settings.Places[0] with { Region = null }] };
        await using var edge = await TestEdge.StartAsync(identity, lambda: new BehaviorTriggers { OriginRequest = lambda }, snapshot: With(settings));

        await edge.GetAsync("/x");

        var asked = Assert.Single(origin.Requests);
        Assert.Equal("/far/x", asked.Target);
        Assert.Contains("/us-west-2/s3/aws4_request", asked["Authorization"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", 200)]
    [InlineData("origin-access-identity", 502)]     // cannot be used from a custom origin
    public async Task CustomOriginThatBecomesABucket_IsNotSigned(string authMethod, int status)
    {
        await using var custom = new ScriptedOrigin();
        await using var origin = new ScriptedOrigin();
        var lambda = ScriptedLambda.Passing(request =>
        {
            request["origin"] = new JsonObject { ["s3"] = new JsonObject { ["domainName"] = Near.DomainName, ["region"] = "eu-central-1", ["authMethod"] = authMethod, ["path"] = "", ["customHeaders"] = new JsonObject() } };
            request["headers"]!["host"] = new JsonArray(new JsonObject { ["key"] = "host", ["value"] = Near.DomainName });
        });
        await using var edge = await TestEdge.StartAsync(TestEdge.To(custom), lambda: new BehaviorTriggers { OriginRequest = lambda }, snapshot: With(At("127.0.0.1", origin.Port)));

        Assert.Equal(status, (await edge.GetAsync("/x")).Status);
        Assert.Empty(custom.Requests);
        Assert.Equal(status == 200 ? ["/near/x"] : [], origin.Requests.Select(asked => asked.Target));
        Assert.All(origin.Requests, asked => Assert.Null(asked["Authorization"]));
    }

    [Fact]
    public async Task BucketThatBecomesACustomOrigin_IsAskedAsOne()
    {
        await using var custom = new ScriptedOrigin();
        await using var edge = await StartAsync(Near, SwiftServer.Keys, lambda: ScriptedLambda.Passing(request =>
        {
            request["origin"] = new JsonObject
            {
                ["custom"] = new JsonObject
                {
                    ["domainName"] = "localhost", ["port"] = custom.Port, ["protocol"] = "http", ["path"] = "/app", ["sslProtocols"] = new JsonArray("TLSv1", "TLSv1.1", "TLSv1.2"), ["readTimeout"] = 5, ["keepaliveTimeout"] = 5, ["customHeaders"] = new JsonObject(),
                },
            };
            request["headers"]!["host"] = new JsonArray(new JsonObject { ["key"] = "host", ["value"] = "localhost" });
        }));

        Assert.Equal(200, (await edge.GetAsync("/x")).Status);
        var asked = Assert.Single(custom.Requests);
        Assert.Equal(("/app/x", "localhost", null), (asked.Target, asked["Host"], asked["Authorization"]));
    }

    // ---------------------------------------------------------------- helpers

    private static Func<EdgeSnapshot, EdgeSnapshot> With(S3Settings settings, OriginTarget? target = null) => snapshot =>
    {
        var live = snapshot.Distributions[0];
        if (target is not null)
            live = live with { DefaultBehavior = new LiveBehavior(live.DefaultBehavior.Behavior, target, live.DefaultBehavior.Triggers) };
        return new EdgeSnapshot { Distributions = [live], AnyHostIsTheOnlyDistribution = true, S3 = settings };
    };

    private static CustomOrigin BucketRequestOf(S3Origin bucket) => Brink.Edge.Origins.BucketRequest.Unplaced(bucket);

    private static S3Settings At(string host, int port, SigningKeys? keys = null) => new()
    {
        Places = [new S3Place("*.amazonaws.com") { Endpoint = new S3Endpoint(false, host, port), Region = "eu-central-1", Keys = keys ?? SwiftServer.Keys }],
    };

    private static ScriptedLambda MovingTo(string domainName, string? host) => ScriptedLambda.Passing(request =>
    {
        request["origin"]!["s3"]!["domainName"] = domainName;
        if (host is not null)
            request["headers"]!["host"] = new JsonArray(new JsonObject { ["key"] = "host", ["value"] = host });
    });

    private async Task FillAsync(string path, string inNear, string? inFar)
    {
        foreach (var (bucket, text) in new[] { (Near, inNear), (Far, inFar) })
        {
            if (text is null)
                continue;
            await using var edge = await StartAsync(bucket, SwiftServer.Keys);
            await PutAsync(edge, path, text);
        }
    }

    private Task<TestEdge> StartAsync(
        Origin origin, SigningKeys? keys, bool pathStyle = true, Func<CacheBehavior, CacheBehavior>? behavior = null, TimeProvider? time = null, ScriptedLambda? lambda = null) =>
        TestEdge.StartAsync(
            origin, behavior, snapshot: With(swift.Settings(keys, pathStyle)), time: time,
            lambda: lambda is null ? null : new BehaviorTriggers { OriginRequest = lambda });

    private static Task<RawResponse> PutAsync(TestEdge edge, string path, string text) =>
        edge.AskAsync($"PUT {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {text.Length}\r\n\r\n{text}");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A machine whose clock is wrong and whose timers are right.</summary>
    private sealed class ShiftedTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
