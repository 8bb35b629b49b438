using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Brink.Tests.Edge;
using Brink.Tests.PrivateContent;

namespace Brink.Tests.Settings;

/// <summary>The fields of a DistributionConfig, each sent in a file of its own.</summary>
internal static class DistributionCases
{
    private const string First = "Origins.Items[0].", Server = First + "CustomOriginConfig.", Behavior = "DefaultCacheBehavior.", Legacy = Behavior + "ForwardedValues.";
    private const string Bucket = "b.s3.eu-central-1.amazonaws.com";

    private static void WithSteps(Site site) => site.Flags.Add("--steps");

    // Whether the cache asks the origin, or a shield in its place.
    private static async Task<string> AskedAsync(Site site)
    {
        await site.Dev.AskAsync();
        var steps = (await site.Dev.WaitForAsync("request")).GetProperty("steps").EnumerateArray().Select(step => step.GetString()!);
        return steps.First(step => step.StartsWith("AskedShield", StringComparison.Ordinal) || step.StartsWith("AskedOrigin", StringComparison.Ordinal))
            .StartsWith("AskedShield", StringComparison.Ordinal) ? "shield" : "origin";
    }

    private static readonly TestAuthority Authority = new();

    public static IReadOnlyDictionary<string, Case> All { get; } = new[] { TopLevel(), Origins(), Behaviors(), OfLegacy() }.SelectMany(each => each).ToDictionary(each => each.Key, each => each.Value, StringComparer.Ordinal);

    /// <summary>What no setting says yet.</summary>
    public static IReadOnlyDictionary<string, Case> Requests { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["Range"] = new(Case.IsEnforced, async () =>
        {
            await using var site = Site.OfDistribution();
            await site.StartAsync();
            await site.Dev.AskAsync();
            var cached = await site.Dev.AskAsync(headers: "Range: bytes=0-0\r\n");
            await site.Dev.AskAsync("/other", headers: "Range: bytes=0-0\r\n");
            Assert.Equal((206, "o"), (cached.Status, cached.Text));
            Assert.Equal("bytes=0-1048575", site.One.Requests[1]["Range"]); // a slice: a larger part may be asked for (spec 3.6)
        }),
        ["Upgrade"] = new(Case.IsEnforced, async () =>
        {
            await using var site = Site.OfDistribution();
            site.One.Reply("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
            await site.StartAsync();
            var answer = await site.Dev.AskAsync(headers: "Connection: Upgrade\r\nUpgrade: websocket\r\n");
            Assert.Equal((101, "websocket"), (answer.Status, site.One.Requests[0]["Upgrade"]));
        }),
    };

    private static Dictionary<string, Case> TopLevel()
    {
        var cases = new Dictionary<string, Case>(StringComparer.Ordinal)
        {
            ["CallerReference"] = NoEffect("CallerReference", "\"a\"", "\"b\""),
            ["Comment"] = NoEffect("Comment", "\"\"", "\"c\""),
            ["Aliases"] = Enforced("Aliases", (null, "403"), ("""{ "Quantity": 1, "Items": ["www.example.test"] }""", "200"), site => StatusAsync(site, host: "www.example.test"), site =>
                site.Flags.AddRange(["--distribution", site.Write("other.json", site.Document!.ToJsonString())])),
            ["DefaultRootObject"] = Enforced("DefaultRootObject", ("\"\"", "/"), ("\"index.html\"", "/index.html"), TargetAsync),
            ["Enabled"] = Enforced("Enabled", ("true", "200"), ("false", "403"), site => StatusAsync(site)),
            ["HttpVersion"] = Enforced("HttpVersion", ("\"http2\"", "2.0, h2"), ("\"http1.1\"", "HTTP/1.1 is required, http/1.1"), ProtocolsAsync, site => site.Flags.AddRange(["--https-port", "0"])),
            ["IsIPV6Enabled"] = NoEffect("IsIPV6Enabled", "true", "false", async site => (await AskOverIPv6Async(site)).StatusLine),
            ["PriceClass"] = NoEffect("PriceClass", "\"PriceClass_All\"", "\"PriceClass_100\""),
            ["OriginGroups.Id"] = Enforced(Behavior + "TargetOriginId", ("\"one\"", "503 "), ("\"group\"", "200 two"), site => BodyAsync(site), WithGroup),
            ["OriginGroups.FailoverCriteria.StatusCodes"] = Enforced(
                "OriginGroups.Items[0].FailoverCriteria.StatusCodes", ("""{ "Quantity": 1, "Items": [500] }""", "503 "), ("""{ "Quantity": 1, "Items": [503] }""", "200 two"), site => BodyAsync(site), AskGroup),
            ["OriginGroups.Members.OriginId"] = Enforced(
                "OriginGroups.Items[0].Members.Items", ("""[{ "OriginId": "one" }, { "OriginId": "two" }]""", "1 two"), ("""[{ "OriginId": "two" }, { "OriginId": "one" }]""", "0 two"),
                async site => $"{(await BodyAsync(site)).Replace("200 ", $"{site.One.Requests.Count} ", StringComparison.Ordinal)}", AskGroup),
            ["OriginGroups.SelectionCriteria"] = new(Case.IsRefused, async () =>
            {
                await using var site = Site.OfDistribution();
                AskGroup(site);
                site.Set("OriginGroups.Items[0].SelectionCriteria", "\"media-quality-based\"");
                var (exitCode, errors) = await site.EndAsync();
                Assert.Equal(1, exitCode);
                Assert.Contains("$.OriginGroups.Items[0].SelectionCriteria: 'media-quality-based' is not supported yet. Use default, or say --ignore OriginGroups.SelectionCriteria.", errors, StringComparison.Ordinal);
            }),
            ["CacheBehaviors.PathPattern"] = Enforced("CacheBehaviors.Items[0].PathPattern", ("\"/b*\"", "200 one"), ("\"/a*\"", "200 two"), site => BodyAsync(site, "/a"), site =>
                site.Set("CacheBehaviors", """{ "Quantity": 1, "Items": [ { "PathPattern": "", "TargetOriginId": "two", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6" } ] }""")),
            ["CustomErrorResponses.ErrorCode"] = Enforced("CustomErrorResponses.Items[0].ErrorCode", ("500", "1"), ("404", "2"), ErrorsAsync, site =>
                site.Set("CustomErrorResponses", """{ "Quantity": 1, "Items": [ { "ErrorCode": 500, "ErrorCachingMinTTL": 0 } ] }""")),
            ["CustomErrorResponses.ErrorCachingMinTTL"] = Enforced("CustomErrorResponses.Items[0].ErrorCachingMinTTL", (null, "1"), ("0", "2"), ErrorsAsync, site =>
                site.Set("CustomErrorResponses", """{ "Quantity": 1, "Items": [ { "ErrorCode": 404 } ] }""")),
            ["CustomErrorResponses.ResponsePagePath"] = Enforced(
                "CustomErrorResponses.Items[0].ResponsePagePath", ("\"/two/404.html\"", "200 two"), ("\"/one/404.html\"", "404 none"), site => BodyAsync(site), WithErrorPage),
            ["CustomErrorResponses.ResponseCode"] = Enforced("CustomErrorResponses.Items[0].ResponseCode", ("\"200\"", "200 two"), ("\"503\"", "503 two"), site => BodyAsync(site), WithErrorPage),
            ["Logging.Enabled"] = new(Case.IsEnforced, LogCases.EnabledAsync),
            ["Logging.IncludeCookies"] = new(Case.IsEnforced, () => LogCases.DiffersAsync("IncludeCookies", "false", "-", "true", "c=d", line => line[12])),
            ["Logging.Bucket"] = new(Case.IsEnforced, () => LogCases.DiffersAsync("Bucket", "\"logs.s3.amazonaws.com\"", "logs", "\"others.s3.amazonaws.com\"", "others", (_, file) => file.Split('/')[0])),
            ["Logging.Prefix"] = new(Case.IsEnforced, () => LogCases.DiffersAsync("Prefix", "\"a\"", "a", "\"b/c/\"", "b/c", (_, file) => string.Join('/', file.Split('/')[1..^1]))),
            ["ViewerCertificate.CloudFrontDefaultCertificate"] = NoEffect("ViewerCertificate.CloudFrontDefaultCertificate", null, "true", CertificateAsync, "--https-port", "0"),
            ["ViewerCertificate.ACMCertificateArn"] = new(Case.IsEnforced, () => OwnCertificateAsync("ACMCertificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/1")),
            ["ViewerCertificate.IAMCertificateId"] = new(Case.IsEnforced, () => OwnCertificateAsync("IAMCertificateId", "ASCA1EXAMPLE")),
            ["ViewerCertificate.SSLSupportMethod"] = NoEffect("ViewerCertificate.SSLSupportMethod", "\"sni-only\"", "\"vip\"", CertificateAsync, "--https-port", "0"),
            ["ViewerCertificate.MinimumProtocolVersion"] = Enforced(
                "ViewerCertificate.MinimumProtocolVersion", ("\"TLSv1.2_2021\"", "Tls12"), ("\"TLSv1.3_2025\"", "none"), OldestTlsAsync, site =>
                {
                    site.Set("ViewerCertificate", """{ "ACMCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1", "SSLSupportMethod": "sni-only" }""");
                    site.Flags.AddRange(["--https-port", "0"]);
                }),
            ["ViewerCertificate.Certificate"] = NoEffect("ViewerCertificate.Certificate", null, "\"arn:aws:acm:us-east-1:123456789012:certificate/1\"", CertificateAsync, "--https-port", "0"),
            ["ViewerCertificate.CertificateSource"] = NoEffect("ViewerCertificate.CertificateSource", "\"cloudfront\"", "\"acm\"", CertificateAsync, "--https-port", "0"),
            ["Restrictions.GeoRestriction.RestrictionType"] = Enforced(
                "Restrictions.GeoRestriction.RestrictionType", ("\"whitelist\"", "200"), ("\"blacklist\"", "403"), site => StatusAsync(site), WithCountries),
            ["Restrictions.GeoRestriction.Items"] = Enforced(
                "Restrictions.GeoRestriction.Items", ("""["DE"]""", "200"), ("""["FR"]""", "403"), site => StatusAsync(site), WithCountries),
            ["ConnectionMode"] = Refused("ConnectionMode", "\"tenant-only\"", "'tenant-only' is not supported yet. Use direct, or say --ignore ConnectionMode."),
            ["WebACLId"] = Refused("WebACLId", "\"arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/1\"", "web ACLs are not supported yet"),
            ["ContinuousDeploymentPolicyId"] = DeploymentCases.OfPrimary,
            ["Staging"] = DeploymentCases.OfStaging,
            ["AnycastIpListId"] = Refused("AnycastIpListId", "\"a\"", "anycast IP lists are not supported yet"),
            ["ConnectionFunctionAssociation.Id"] = Refused("ConnectionFunctionAssociation", """{ "Id": "f" }""", "connection functions are not supported yet"),
            ["CacheTagConfig.HeaderName"] = Enforced(
                "CacheTagConfig", ("""{ "HeaderName": "X-Tag" }""", "asked twice"), ("""{ "HeaderName": "X-Other" }""", "asked once"), async site =>
                {
                    await site.Dev.AskAsync();
                    await LogCases.AdminAsync(site.Dev.Started, "/invalidations", HttpMethod.Post, """{ "tags": ["news"] }""");
                    await site.Dev.AskAsync();
                    return site.One.Requests.Count == 2 ? "asked twice" : "asked once";
                },
                site =>
                {
                    site.Flags.AddRange(["--admin-port", "0"]);
                    site.One.Reply(Site.Ok.Replace("\r\n\r\n", "\r\nX-Tag: news\r\n\r\n", StringComparison.Ordinal) + "one");
                }),
        };
        foreach (var name in new[] { "Name", "Definition.StringSchema.Comment", "Definition.StringSchema.DefaultValue", "Definition.StringSchema.Required" })
        {
            cases.Add(
                $"TenantConfig.ParameterDefinitions.{name}",
                Refused("TenantConfig", """{ "ParameterDefinitions": [ { "Name": "n", "Definition": { "StringSchema": { "Comment": "c", "DefaultValue": "d", "Required": true } } } ] }""", "tenants are not supported yet"));
        }
        foreach (var name in new[] { "Mode", "TrustStoreConfig.TrustStoreId", "TrustStoreConfig.AdvertiseTrustStoreCaNames", "TrustStoreConfig.IgnoreCertificateExpiry" })
        {
            cases.Add(
                $"ViewerMtlsConfig.{name}",
                Refused("ViewerMtlsConfig", """{ "Mode": "required", "TrustStoreConfig": { "TrustStoreId": "t", "AdvertiseTrustStoreCaNames": true, "IgnoreCertificateExpiry": false } }""", "certificates of viewers are not supported yet"));
        }
        return cases;
    }

    private static Dictionary<string, Case> Origins()
    {
        var cases = new Dictionary<string, Case>(StringComparer.Ordinal)
        {
            ["Origins.Id"] = new(Case.IsEnforced, async () =>
            {
                foreach (var (first, second, expected) in new[] { ("one", "two", "200 one"), ("two", "one", "200 two") })
                {
                    await using var site = Site.OfDistribution();
                    site.Set(First + "Id", $"\"{first}\"");
                    site.Set("Origins.Items[1].Id", $"\"{second}\"");
                    await site.StartAsync();
                    Assert.Equal(expected, await BodyAsync(site));
                }
            }),
            ["Origins.DomainName"] = Enforced(First + "DomainName", ("\"127.0.0.1\"", "127.0.0.1"), ("\"localhost\"", "localhost"), async site =>
            {
                await site.Dev.AskAsync();
                return site.One.Requests[0]["Host"]!.Split(':')[0];
            }),
            ["Origins.OriginPath"] = Enforced(First + "OriginPath", ("\"\"", "/"), ("\"/v1\"", "/v1/"), TargetAsync),
            ["Origins.CustomHeaders.HeaderName"] = Enforced(
                First + "CustomHeaders", (Headers("X-A", "1"), "1"), (Headers("X-B", "1"), "none"), site => PolicyCases.SentAsync(site, "X-A", "")),
            ["Origins.CustomHeaders.HeaderValue"] = Enforced(
                First + "CustomHeaders", (Headers("X-A", "1"), "1"), (Headers("X-A", "2"), "2"), site => PolicyCases.SentAsync(site, "X-A", "")),
            ["Origins.S3OriginConfig.OriginAccessIdentity"] = Enforced(
                First + "S3OriginConfig.OriginAccessIdentity", ("\"\"", "none"), ("\"origin-access-identity/cloudfront/E127EXAMPLE51Z\"", "AWS4-HMAC-SHA256"), SignatureAsync, OnBucket),
            ["Origins.S3OriginConfig.OriginReadTimeout"] = Enforced(First + "S3OriginConfig.OriginReadTimeout", ("120", "200"), ("1", "504"), AfterASlowSecondAsync, site =>
            {
                OnBucket(site);
                Slow(site);
            }),
            ["Origins.OriginAccessControlId"] = Enforced(First + "OriginAccessControlId", ("\"\"", "none"), ("\"E1\"", "AWS4-HMAC-SHA256"), SignatureAsync, OnBucket),
            ["Origins.CustomOriginConfig.HTTPPort"] = new(Case.IsEnforced, PortsAsync),
            ["Origins.CustomOriginConfig.HTTPSPort"] = OverTls("HTTPSPort"),
            ["Origins.CustomOriginConfig.OriginProtocolPolicy"] = OverTls("OriginProtocolPolicy"),
            ["Origins.CustomOriginConfig.OriginSslProtocols"] = Refused(Server + "OriginSslProtocols", """{ "Quantity": 2, "Items": ["TLSv1", "TLSv1.1"] }""", "a set without TLSv1.2 is not supported"),
            ["Origins.CustomOriginConfig.OriginReadTimeout"] = Enforced(Server + "OriginReadTimeout", ("120", "200"), ("1", "504"), AfterASlowSecondAsync, Slow),
            ["Origins.CustomOriginConfig.OriginKeepaliveTimeout"] = new(Case.IsEnforced, IdleConnectionsAsync),
            ["Origins.CustomOriginConfig.IpAddressType"] = Enforced(Server + "IpAddressType", ("\"ipv4\"", "200"), ("\"ipv6\"", "502"), site => StatusAsync(site), site => site.Set(First + "DomainName", "\"localhost\"")),
            ["Origins.CustomOriginConfig.OriginMtlsConfig.ClientCertificateArn"] = Refused(
                Server + "OriginMtlsConfig", """{ "ClientCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1" }""", "client certificates towards origins are not supported yet"),
            ["Origins.ConnectionAttempts"] = Enforced(First + "ConnectionAttempts", ("1", "1"), ("3", "3"), SilentOriginAsync, Slow),
            ["Origins.ConnectionTimeout"] = new(Case.IsEnforced, SlowConnectionsAsync),
            ["Origins.ResponseCompletionTimeout"] = Enforced(First + "ResponseCompletionTimeout", (null, "ab"), ("10", "cut"), SlowBodyAsync, site =>
            {
                site.Time = new ManualTimeProvider();
                site.Set(Server + "OriginReadTimeout", "10");
            }),
            ["Origins.OriginShield.Enabled"] = Enforced(
                First + "OriginShield", ("""{ "Enabled": false }""", "origin"), ("""{ "Enabled": true, "OriginShieldRegion": "eu-west-1" }""", "shield"), AskedAsync, WithSteps),
            ["Origins.OriginShield.OriginShieldRegion"] = Enforced(
                First + "OriginShield",
                ("""{ "Enabled": true, "OriginShieldRegion": "us-east-1" }""", "origin"), // the region of the edge: its cache is the shield
                ("""{ "Enabled": true, "OriginShieldRegion": "eu-west-1" }""", "shield"),
                AskedAsync,
                WithSteps),
        };
        foreach (var name in new[] { "VpcOriginId", "OwnerAccountId", "OriginReadTimeout", "OriginKeepaliveTimeout" })
        {
            cases.Add(
                $"Origins.VpcOriginConfig.{name}",
                Refused(First + "VpcOriginConfig", """{ "VpcOriginId": "v", "OwnerAccountId": "123456789012", "OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5 }""", "VPC origins are not supported yet"));
        }
        return cases;
    }

    private static Dictionary<string, Case> Behaviors()
    {
        var cases = new Dictionary<string, Case>(StringComparer.Ordinal)
        {
            ["TargetOriginId"] = Enforced(Behavior + "TargetOriginId", ("\"one\"", "200 one"), ("\"two\"", "200 two"), site => BodyAsync(site)),
            ["TrustedSigners.Enabled"] = Refused(Behavior + "TrustedSigners", """{ "Enabled": true, "Quantity": 0 }""", "the keys of AWS accounts exist only at AWS"),
            ["TrustedSigners.Items"] = Refused(Behavior + "TrustedSigners", """{ "Enabled": false, "Quantity": 1, "Items": ["self"] }""", "the keys of AWS accounts exist only at AWS"),
            ["TrustedKeyGroups.Enabled"] = Enforced(
                Behavior + "TrustedKeyGroups", ("""{ "Enabled": false, "Quantity": 0 }""", "200"), ("""{ "Enabled": true, "Quantity": 1, "Items": ["one"] }""", "403"), site => StatusAsync(site), WithKeyGroups),
            ["TrustedKeyGroups.Items"] = Enforced(
                Behavior + "TrustedKeyGroups", ("""{ "Enabled": true, "Quantity": 1, "Items": ["one"] }""", "200 InvalidKey"), ("""{ "Enabled": true, "Quantity": 1, "Items": ["two"] }""", "InvalidKey 200"),
                SignedForAsync, WithKeyGroups),
            ["ViewerProtocolPolicy"] = Enforced(Behavior + "ViewerProtocolPolicy", ("\"allow-all\"", "200"), ("\"redirect-to-https\"", "301"), site => StatusAsync(site)),
            ["AllowedMethods.Items"] = Enforced(
                Behavior + "AllowedMethods", ("""{ "Quantity": 2, "Items": ["GET", "HEAD"] }""", "403"), ("""{ "Quantity": 7, "Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"] }""", "200"),
                site => StatusAsync(site, "DELETE")),
            ["AllowedMethods.CachedMethods"] = Enforced(
                Behavior + "AllowedMethods.CachedMethods", ("""{ "Quantity": 2, "Items": ["GET", "HEAD"] }""", "2"), ("""{ "Quantity": 3, "Items": ["GET", "HEAD", "OPTIONS"] }""", "1"),
                async site =>
                {
                    for (var i = 0; i < 2; i++)
                        Assert.Equal("200", await StatusAsync(site, "OPTIONS"));
                    return site.One.Requests.Count.ToString(CultureInfo.InvariantCulture);
                },
                site => site.Set(Behavior + "AllowedMethods", """{ "Quantity": 3, "Items": ["GET", "HEAD", "OPTIONS"] }""")),
            ["SmoothStreaming"] = Refused(Behavior + "SmoothStreaming", "true", "Smooth Streaming is not supported yet"),
            ["Compress"] = Enforced(
                Behavior + "Compress", ("false", "none"), ("true", "br"), async site => (await site.Dev.AskAsync(headers: "Accept-Encoding: gzip, br\r\n"))["Content-Encoding"] ?? "none",
                site => site.One.Reply("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\n" + new string('x', 1000))),
            ["FieldLevelEncryptionId"] = Refused(Behavior + "FieldLevelEncryptionId", "\"f\"", "field-level encryption is not supported yet"),
            ["RealtimeLogConfigArn"] = new(Case.IsEnforced, LogCases.RealtimeAsync),
            ["ResponseHeadersPolicyId"] = Enforced(
                Behavior + "ResponseHeadersPolicyId", ("\"\"", "none"), ("\"67f7725c-6f97-4210-82d7-5512b31e9d03\"", "SAMEORIGIN"), site => PolicyCases.AnsweredAsync(site, "X-Frame-Options")),
            // HTTP/2 without TLS, both ways: what the origin reads first is a request line, or the preface.
            ["GrpcConfig.Enabled"] = Enforced(
                Behavior + "GrpcConfig.Enabled", ("false", "POST /a HTTP/1.1"), ("true", "PRI * HTTP/2.0"),
                async site =>
                {
                    using var viewer = await RawViewer.ConnectAsync(site.Dev.Port);
                    await viewer.SendAsync(Http2Frames.Start + Http2Frames.Frame(Http2Frames.Headers, Http2Frames.EndStream | Http2Frames.EndHeaders, Http2Frames.Block(
                        (":method", "POST"), (":scheme", "http"), (":authority", "test"), (":path", "/a"), ("content-type", "application/grpc"), ("te", "trailers"))));
                    return (await site.One.AskedAsync()).Line;
                },
                site =>
                {
                    site.Set("Origins.Items[0].CustomOriginConfig.OriginProtocolPolicy", "\"match-viewer\"");
                    site.Set(Behavior + "AllowedMethods", """{ "Quantity": 7, "Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"] }""");
                }),
            ["CachePolicyId"] = Enforced(
                Behavior + "CachePolicyId", ("\"658327ea-f89d-4fab-a63d-7e88639e58f6\"", "1"), ("\"4135ea2d-6df8-44a3-9df3-4b5a84be39ad\"", "2"), PolicyCases.AskedTwiceAsync),
            ["OriginRequestPolicyId"] = Enforced(
                Behavior + "OriginRequestPolicyId", ("\"\"", "none"), ("\"b689b0a8-53d0-40ab-baf2-68738e2966ac\"", "1"), site => PolicyCases.SentAsync(site, "X-A", "X-A: 1\r\n")),
            ["FunctionAssociations.FunctionARN"] = Enforced(Behavior + "FunctionAssociations", (Function("f", "viewer-request"), "f viewer-request"), (Function("g", "viewer-request"), "g viewer-request"), ToldAsync, WithFunctions),
            ["FunctionAssociations.EventType"] = Enforced(Behavior + "FunctionAssociations", (Function("f", "viewer-request"), "f viewer-request"), (Function("f", "viewer-response"), "f viewer-response"), ToldAsync, WithFunctions),
            ["LambdaFunctionAssociations.LambdaFunctionARN"] = Enforced(Behavior + "LambdaFunctionAssociations", (Lambda("f"), "f viewer-request none"), (Lambda("g"), "g viewer-request none"), LambdaAsync, WithLambdas),
            ["LambdaFunctionAssociations.EventType"] = Enforced(
                Behavior + "LambdaFunctionAssociations", (Lambda("f"), "f viewer-request none"), (Lambda("f", "origin-request"), "f origin-request none"), LambdaAsync, WithLambdas),
            ["LambdaFunctionAssociations.IncludeBody"] = Enforced(
                Behavior + "LambdaFunctionAssociations", (Lambda("f", body: false), "f viewer-request none"), (Lambda("f", body: true), "f viewer-request body"), LambdaAsync, WithLambdas),
        };
        return cases.ToDictionary(each => Behavior + each.Key, each => each.Value, StringComparer.Ordinal);
    }

    /// <summary>Groups one and two, each with a key of its own: KRSA and KEC.</summary>
    internal static void WithKeyGroups(Site site)
    {
        Directory.CreateDirectory(site.In("resources"));
        foreach (var (group, id, key) in new[] { ("one", "KRSA", "rsa"), ("two", "KEC", "ec") })
        {
            var pem = JsonSerializer.Serialize(File.ReadAllText(SigningKeys.PathTo($"{key}.pub.pem")));
            site.Write($"resources/{id}.json", $$"""{ "PublicKey": { "Id": "{{id}}", "CreatedTime": "2030-01-01T00:00:00Z", "PublicKeyConfig": { "CallerReference": "r", "Name": "{{key}}", "EncodedKey": {{pem}} } } }""");
            site.Write($"resources/{group}.json", $$"""{ "KeyGroup": { "Id": "{{group}}", "LastModifiedTime": "2030-01-01T00:00:00Z", "KeyGroupConfig": { "Name": "{{group}}", "Items": ["{{id}}"] } } }""");
        }
        site.Flags.AddRange(["--resources", site.In("resources")]);
    }

    internal static async Task<string> SignedForAsync(Site site)
    {
        var seen = new List<string>();
        foreach (var (id, key) in new[] { ("KRSA", "rsa"), ("KEC", "ec") })
        {
            using var signer = SigningKeys.Signer(key, id: id);
            var answer = await site.Dev.AskAsync(new Uri(signer.SignUrl("http://test/a", 4102444800)).PathAndQuery);
            seen.Add(answer.Status == 200 ? "200" : answer.Text.Split("<Code>")[1].Split('<')[0]);
        }
        return string.Join(' ', seen);
    }

    private static Dictionary<string, Case> OfLegacy() => new(StringComparer.Ordinal)
    {
        [Legacy + "QueryString"] = Enforced(Legacy + "QueryString", ("false", "/"), ("true", "/?a=1"), site => TargetAsync(site, "/?a=1"), WithLegacy),
        [Legacy + "QueryStringCacheKeys"] = Enforced(
            Legacy + "QueryStringCacheKeys", ("""{ "Quantity": 1, "Items": ["a"] }""", "1"), ("""{ "Quantity": 1, "Items": ["b"] }""", "2"), async site =>
            {
                foreach (var target in new[] { "/?a=1&b=1", "/?a=1&b=2" })
                    await site.Dev.AskAsync(target);
                return site.One.Requests.Count.ToString(CultureInfo.InvariantCulture);
            }, site =>
            {
                WithLegacy(site);
                site.Set(Legacy + "QueryString", "true");
            }),
        [Legacy + "Cookies.Forward"] = Enforced(Legacy + "Cookies.Forward", ("\"none\"", "none"), ("\"all\"", "a=1; b=2"), site => PolicyCases.SentAsync(site, "Cookie", "Cookie: a=1; b=2\r\n"), WithLegacy),
        [Legacy + "Cookies.WhitelistedNames"] = Enforced(
            Legacy + "Cookies.WhitelistedNames", ("""{ "Quantity": 1, "Items": ["a"] }""", "a=1"), ("""{ "Quantity": 2, "Items": ["b?", "b*"] }""", "b=2"),
            site => PolicyCases.SentAsync(site, "Cookie", "Cookie: a=1; b=2\r\n"), site =>
            {
                WithLegacy(site);
                site.Set(Legacy + "Cookies.Forward", "\"whitelist\"");
            }),
        [Legacy + "Headers"] = Enforced(
            Legacy + "Headers", (null, "none, POST Basic x, OPTIONS Basic x"), ("""{ "Quantity": 1, "Items": ["Authorization"] }""", "Basic x, POST Basic x, OPTIONS Basic x"), AuthorizationAsync, WithLegacy),
        [Behavior + "MinTTL"] = Enforced(Behavior + "MinTTL", ("0", "2"), ("60", "1"), PolicyCases.AskedTwiceAsync, site =>
        {
            WithLegacy(site);
            PolicyCases.Says("no-store")(site);
        }),
        [Behavior + "DefaultTTL"] = Enforced(Behavior + "DefaultTTL", ("0", "2"), ("60", "1"), PolicyCases.AskedTwiceAsync, site =>
        {
            WithLegacy(site);
            PolicyCases.Says(null)(site);
        }),
        [Behavior + "MaxTTL"] = Enforced(Behavior + "MaxTTL", ("0", "2"), ("60", "1"), PolicyCases.AskedTwiceAsync, site =>
        {
            WithLegacy(site);
            site.Set(Behavior + "DefaultTTL", "0");
        }),
    };

    // ---------------------------------------------------------------- documents

    private static Case Enforced(string path, (string? Json, string Seen) one, (string? Json, string Seen) other, Func<Site, Task<string>> probe, Action<Site>? before = null) =>
        Case.Enforced(Site.OfDistribution, path, one, other, probe, before);

    private static Case Refused(string path, string json, string sentence, string? place = null) => Case.Refused(Site.OfDistribution, path, json, sentence, place);

    private static Case NoEffect(string path, string? one, string? other, Func<Site, Task<string>>? probe = null, params string[] flags) =>
        Case.NoEffect(Site.OfDistribution, path, one, other, probe, flags);

    private static string Headers(string name, string value) => $$"""{ "Quantity": 1, "Items": [ { "HeaderName": "{{name}}", "HeaderValue": "{{value}}" } ] }""";

    private static void WithGroup(Site site)
    {
        site.One.Reply("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        site.Set("OriginGroups", """
            { "Quantity": 1, "Items": [ { "Id": "group", "FailoverCriteria": { "StatusCodes": { "Quantity": 1, "Items": [503] } },
              "Members": { "Quantity": 2, "Items": [ { "OriginId": "one" }, { "OriginId": "two" } ] } } ] }
            """);
    }

    /// <summary>The first origin has nothing; what is below /two/ is the second one's.</summary>
    private static void WithErrorPage(Site site)
    {
        site.One.Reply("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone");
        site.Set("CacheBehaviors", """
            { "Quantity": 1, "Items": [ { "PathPattern": "/two/*", "TargetOriginId": "two", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6" } ] }
            """);
        site.Set("CustomErrorResponses", """{ "Quantity": 1, "Items": [ { "ErrorCode": 404, "ResponsePagePath": "/two/404.html", "ResponseCode": "200" } ] }""");
    }

    private static void WithCountries(Site site)
    {
        site.Flags.AddRange(["--viewer-country", "DE"]);
        site.Set("Restrictions", """{ "GeoRestriction": { "RestrictionType": "whitelist", "Quantity": 1, "Items": ["DE"] } }""");
    }

    private static void AskGroup(Site site)
    {
        WithGroup(site);
        site.Set(Behavior + "TargetOriginId", "\"group\"");
    }

    internal static void OnBucket(Site site)
    {
        site.Set(First + "DomainName", $"\"{Bucket}\"");
        site.Set(First + "CustomOriginConfig", null);
        site.Set(First + "S3OriginConfig", """{ "OriginAccessIdentity": "" }""");
        site.Flags.AddRange(["--s3", site.Write("s3.json", $$"""{ "buckets": { "{{Bucket}}": { "endpoint": "http://127.0.0.1:{{site.One.Port}}", "accessKeyId": "id", "secretAccessKey": "secret" } } }""")]);
    }

    private static void WithLegacy(Site site)
    {
        site.Set(Behavior + "CachePolicyId", null);
        site.Set(Behavior + "ForwardedValues", """{ "QueryString": false, "Cookies": { "Forward": "none" } }""");
        site.Set(Behavior + "AllowedMethods", """{ "Quantity": 7, "Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"] }""");
    }

    private static string Function(string name, string type) => $$"""{ "Quantity": 1, "Items": [ { "FunctionARN": "arn:aws:cloudfront::123456789012:function/{{name}}", "EventType": "{{type}}" } ] }""";

    private static void WithFunctions(Site site)
    {
        foreach (var name in new[] { "f", "g" })
        {
            var file = site.Write($"{name}.js", $$"""
                function handler(event) {
                    const response = event.response || { statusCode: 200 };
                    response.headers = { 'x-told': { value: '{{name}} ' + event.context.eventType } };
                    return response;
                }
                """);
            site.Flags.AddRange(["--function", $"{name}={file}"]);
        }
    }

    private static string Lambda(string name, string type = "viewer-request", bool body = false) => $$"""
        { "Quantity": 1, "Items": [ { "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:{{name}}:1", "EventType": "{{type}}", "IncludeBody": {{(body ? "true" : "false")}} } ] }
        """;

    private static void WithLambdas(Site site)
    {
        site.Flags.Add("--unsafe-no-sandbox");
        foreach (var name in new[] { "f", "g" })
        {
            var file = site.Write($"{name}.mjs", $$"""
                export const handler = async (event) => {
                    const { config, request } = event.Records[0].cf;
                    return { status: '200', body: `{{name}} ${config.eventType} ${request.body ? 'body' : 'none'}` };
                };
                """);
            site.Flags.AddRange(["--lambda", $"{name}={file}"]);
        }
    }

    // ---------------------------------------------------------------- probes

    private static async Task<string> StatusAsync(Site site, string method = "GET", string host = "test") =>
        (await site.Dev.AskAsync(method: method, host: host)).Status.ToString(CultureInfo.InvariantCulture);

    private static async Task<string> BodyAsync(Site site, string target = "/")
    {
        var answer = await site.Dev.AskAsync(target);
        return $"{answer.Status} {answer.Text}";
    }

    private static Task<string> TargetAsync(Site site) => TargetAsync(site, "/");

    private static async Task<string> TargetAsync(Site site, string target)
    {
        await site.Dev.AskAsync(target);
        return site.One.Requests[0].Target;
    }

    private static async Task<string> ErrorsAsync(Site site)
    {
        site.One.Reply("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        for (var i = 0; i < 2; i++)
            Assert.Equal("404", await StatusAsync(site));
        return site.One.Requests.Count.ToString(CultureInfo.InvariantCulture);
    }

    private static async Task<string> ToldAsync(Site site) => (await site.Dev.AskAsync())["x-told"] ?? "none";

    private static async Task<string> LambdaAsync(Site site) => (await site.Dev.AskAsync()).Text;

    internal static async Task<string> SignatureAsync(Site site)
    {
        await site.Dev.AskAsync();
        return site.One.Requests[0]["Authorization"]?.Split(' ')[0] ?? "none";
    }

    private static async Task<string> AuthorizationAsync(Site site)
    {
        const string credentials = "Authorization: Basic x\r\n";
        foreach (var (method, fields) in new[] { ("GET", ""), ("POST", "Content-Length: 0\r\n"), ("OPTIONS", "") })
            Assert.Equal(200, (await site.Dev.AskAsync(method: method, headers: credentials + fields)).Status);
        return string.Join(", ", site.One.Requests.Select(request => (request.Method == "GET" ? "" : request.Method + " ") + (request["Authorization"] ?? "none")));
    }

    private static async Task<RawResponse> AskOverIPv6Async(Site site)
    {
        var addresses = site.Dev.Started.GetProperty("urls").EnumerateArray().Select(url => url.GetString()!);
        using var viewer = await RawViewer.ConnectAsync(site.Dev.Port, addresses.Any(url => url.Contains("[::1]", StringComparison.Ordinal)) ? IPAddress.IPv6Loopback : IPAddress.Loopback);
        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        return await viewer.ReceiveAsync();
    }

    /// <summary>What HTTP/2 without TLS gets, and what ALPN chooses.</summary>
    private static async Task<string> ProtocolsAsync(Site site)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{site.Dev.Port}/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        string prior;
        try
        {
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            prior = answer.Version.ToString();
        }
        catch (HttpRequestException exception) when (exception.ToString().Contains("HTTP_1_1_REQUIRED", StringComparison.Ordinal))
        {
            prior = "HTTP/1.1 is required";
        }
        return $"{prior}, {await HandshakeAsync(site, tls => tls.NegotiatedApplicationProtocol.ToString())}";
    }

    /// <summary>The certificate that the distribution names, and whose files are given, is the one that viewers get.</summary>
    private static async Task OwnCertificateAsync(string field, string id)
    {
        await using var site = Site.OfDistribution();
        site.Flags.AddRange(["--https-port", "0", "--resources", site.In("resources")]);
        site.Set("Aliases", """{ "Quantity": 1, "Items": ["shop.test"] }""");
        site.Set("ViewerCertificate", $$"""{ "{{field}}": "{{id}}", "SSLSupportMethod": "sni-only" }""");
        Directory.CreateDirectory(site.In("resources"));
        using var certificate = Authority.Issue("shop.test");
        var pem = certificate.ExportCertificatePem();
        site.Write("resources/shop.json", field[0] == 'A'
            ? $$"""{ "Certificate": { "CertificateArn": "{{id}}", "DomainName": "shop.test", "Status": "ISSUED" } }"""
            : $$"""{ "ServerCertificate": { "ServerCertificateMetadata": { "Path": "/", "ServerCertificateId": "{{id}}" }, "CertificateBody": {{JsonSerializer.Serialize(pem)}} } }""");
        site.Write("resources/shop.pem", pem);
        site.Write("resources/shop.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());

        await site.StartAsync();

        Assert.Equal("CN=server of a test", await HandshakeAsync(site, tls => tls.RemoteCertificate!.Subject, SslProtocols.Tls13));
    }

    /// <summary>What a viewer gets that speaks nothing newer than TLS 1.2.</summary>
    private static async Task<string> OldestTlsAsync(Site site)
    {
        try
        {
            return await HandshakeAsync(site, tls => tls.SslProtocol.ToString(), SslProtocols.Tls12);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException)
        {
            return "none";
        }
    }

    private static Task<string> CertificateAsync(Site site) => HandshakeAsync(site, tls => $"{tls.RemoteCertificate!.Subject} {tls.SslProtocol}", SslProtocols.Tls12);

    private static async Task<string> HandshakeAsync(Site site, Func<SslStream, string> look, SslProtocols protocols = SslProtocols.None)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, site.Dev.HttpsPort, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocols, ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] },
            TestContext.Current.CancellationToken);
        return look(tls);
    }

    // ---------------------------------------------------------------- origins: ports, TLS, time

    private static async Task PortsAsync()
    {
        foreach (var isFirst in new[] { true, false })
        {
            await using var site = Site.OfDistribution();
            site.Set(Server + "HTTPPort", (isFirst ? site.One : site.Two).Port.ToString(CultureInfo.InvariantCulture));
            await site.StartAsync();
            Assert.Equal(isFirst ? "200 one" : "200 two", await BodyAsync(site));
        }
    }

    /// <summary>The first origin speaks no TLS; a front before the second one does. HTTPSPort leads there, and only where the policy says HTTPS.</summary>
    private static Case OverTls(string setting) => new(Case.IsEnforced, async () =>
    {
        foreach (var isSecure in new[] { false, true })
        {
            await using var site = Site.OfDistribution();
            var front = site.Keep(new TlsFront(site.Two, Authority.Issue("localhost")));
            var closed = new TcpListener(IPAddress.Loopback, 0);
            closed.Start();
            var nothing = ((IPEndPoint)closed.LocalEndpoint).Port;
            closed.Stop();
            closed.Dispose();
            site.Set(First + "DomainName", "\"localhost\"");
            site.Set(Server + "IpAddressType", "\"ipv4\"");
            var isPolicy = setting == "OriginProtocolPolicy";
            site.Set(Server + "HTTPSPort", (isPolicy || isSecure ? front.Port : nothing).ToString(CultureInfo.InvariantCulture));
            site.Set(Server + "OriginProtocolPolicy", isPolicy && !isSecure ? "\"http-only\"" : "\"https-only\"");
            site.Flags.AddRange(["--origin-ca", site.Write("ca.pem", Authority.Pem)]);
            await site.StartAsync();
            Assert.StartsWith(isSecure ? "200 two" : isPolicy ? "200 one" : "502", await BodyAsync(site), StringComparison.Ordinal);
        }
    });

    private static void Slow(Site site) => site.Time = new ManualTimeProvider();

    /// <summary>An origin that answers after two seconds of a clock that stands still otherwise.</summary>
    private static async Task<string> AfterASlowSecondAsync(Site site)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var later = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        site.One.Script(async conversation =>
        {
            asked.TrySetResult();
            await later.Task;
            await conversation.SayAsync(Site.Ok + "one");
        });
        var answering = StatusAsync(site);
        await asked.Task;
        ((ManualTimeProvider)site.Time).AdvanceSeconds(2);
        later.SetResult();
        return await answering;
    }

    /// <summary>How often an origin is asked that says nothing.</summary>
    private static async Task<string> SilentOriginAsync(Site site)
    {
        using var asked = new SemaphoreSlim(0);
        site.One.Script(async conversation =>
        {
            asked.Release();
            await conversation.StallAsync();
            conversation.Close();
        });
        var answering = StatusAsync(site);
        var tries = 0;
        while (await Task.WhenAny(answering, asked.WaitAsync(TestContext.Current.CancellationToken)) != answering)
        {
            tries++;
            ((ManualTimeProvider)site.Time).AdvanceSeconds(31);
        }
        Assert.Equal("504", await answering);
        return tries.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A body whose two bytes come six seconds apart, with six more before its end.</summary>
    private static async Task<string> SlowBodyAsync(Site site)
    {
        var time = (ManualTimeProvider)site.Time;
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        site.One.Script(async conversation =>
        {
            await conversation.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX-Begin: here\r\n\r\na");
            await first.Task;
            await conversation.SayAsync("b");
            await second.Task;
            await conversation.SayAsync("c");
        });
        using var viewer = await RawViewer.ConnectAsync(site.Dev.Port);
        await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        await viewer.ReadUntilAsync("\r\n\r\na");
        time.AdvanceSeconds(6);
        first.SetResult();
        await viewer.ReadUntilAsync("b");
        time.AdvanceSeconds(6);
        second.SetResult();
        try
        {
            return (await viewer.ReadBytesAsync(1))[0] == 'c' ? "ab" : "";
        }
        catch (IOException)
        {
            return "cut";
        }
    }

    /// <summary>Two sites: the connection to the one's origin ends after its second, while the other's stands.</summary>
    private static async Task IdleConnectionsAsync()
    {
        await using var brief = Site.OfDistribution();
        await using var patient = Site.OfDistribution();
        var ends = new List<Task<bool>>();
        foreach (var (site, seconds) in new[] { (brief, "1"), (patient, "120") })
        {
            site.Set(Server + "OriginKeepaliveTimeout", seconds);
            await site.StartAsync();
            var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            site.One.Script(async conversation =>
            {
                await conversation.SayAsync(Site.Ok + "one");
                ended.TrySetResult(await conversation.StallAsync());
                conversation.Close();
            });
            Assert.Equal("200", await StatusAsync(site));
            ends.Add(ended.Task);
        }
        Assert.True(await ends[0].WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
        Assert.False(ends[1].IsCompleted);
    }

    /// <summary>Two sites with one origin that accepts no connection: the one gives up after a second, while the other waits.</summary>
    private static async Task SlowConnectionsAsync()
    {
        // A listener that accepts nothing and whose queue is full: the next SYN is dropped.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var waiting = Enumerable.Range(0, 4).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        var connecting = waiting.Select(socket => socket.ConnectAsync(listener.LocalEndPoint!)).ToList();
        await Task.WhenAny(connecting);
        await using (var brief = Site.OfDistribution())
        await using (var patient = Site.OfDistribution())
        {
            foreach (var (site, seconds) in new[] { (brief, "1"), (patient, "10") })
            {
                site.Set(Server + "HTTPPort", ((IPEndPoint)listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture));
                site.Set(First + "ConnectionTimeout", seconds);
                await site.StartAsync();
            }
            using var viewer = await RawViewer.ConnectAsync(patient.Dev.Port);
            await viewer.SendAsync("GET / HTTP/1.1\r\nHost: test\r\n\r\n");
            var late = viewer.ReceiveAsync();
            Assert.Equal("504", await StatusAsync(brief));
            Assert.False(late.IsCompleted);
            viewer.Vanish();
            await late.ContinueWith(_ => { }, TaskScheduler.Default);
        }
        waiting.ForEach(socket => socket.Dispose());
        listener.Dispose();
        await Task.WhenAll(connecting.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
    }
}
