using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Dev;

/// <summary>
/// Section 7 of docs/spec/distribution.md, the items that a distribution's settings decide, one test an item and by its number: <c>brink dev</c> as it is published, nginx
/// behind it, an HTTP client in front.
/// </summary>
public sealed class AcceptanceTests : IDisposable
{
    private const string CachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6", Everything = "everything", Gzip = "gzip", Brotli = "br";
    private const string First = "first", Second = "second";

    // What the origin got is in the body; every answer may be kept.
    private const string Echo = """
        location /echo {
          default_type text/plain; add_header Cache-Control max-age=60;
          return 200 "$request_method $request_uri|$http_accept_encoding|$http_cookie|$http_x_kind";
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("gzip, deflate, br", "br,gzip")]
    [InlineData("br;q=1, gzip;q=0.5", "br,gzip")]
    [InlineData("gzip", "gzip")]
    [InlineData("br", "br")]
    [InlineData("deflate", "identity")]
    [InlineData(null, "")]
    public async Task Item5_AcceptEncoding_IsNormalisedForKeyAndOrigin(string? offer, string sent)
    {
        await using var nginx = Nginx.Start(Echo, []);
        await using var brink = Start(nginx, behavior => behavior["Compress"] = true);

        var (miss, hit) = (await AskAsync(brink, "/echo", offer), await AskAsync(brink, "/echo", offer));

        Assert.Equal(("Miss from cloudfront", $"GET /echo|{sent}||"), (miss.XCache, miss.Body));
        Assert.Equal("Hit from cloudfront", hit.XCache);
        var another = await AskAsync(brink, "/echo", offer == Gzip ? "deflate" : Gzip);
        Assert.Equal("Miss from cloudfront", another.XCache);
    }

    [Theory]
    // what is asked of nginx, and whether a viewer who takes gzip gets it compressed: the conditions of 3.8
    [InlineData("/999.txt", false)]
    [InlineData("/1000.txt", true)]
    [InlineData("/10000000.txt", true)]
    [InlineData("/10000001.txt", false)]
    [InlineData("/1000.png", false)]
    [InlineData("/chunked/1000.txt", false)]
    [InlineData("/no-transform/1000.txt", false)]
    [InlineData("/coded/1000.txt", false)]
    [InlineData("/status403/1000.txt", true)]
    [InlineData("/status404/1000.txt", true)]
    [InlineData("/status410/1000.txt", false)]
    [InlineData("/status500/1000.txt", false)]
    public async Task Item5_ConditionsOfCompression_OneByOne(string target, bool isCompressed)
    {
        await using var nginx = StartWithFiles();
        await using var brink = Start(nginx, behavior => behavior["Compress"] = true);

        var (miss, hit) = (await AskAsync(brink, target, Gzip), await AskAsync(brink, target, Gzip));

        foreach (var answer in new[] { miss, hit })
            Assert.Equal(isCompressed ? Gzip : target.Contains("coded", StringComparison.Ordinal) ? "x-own" : null, answer.Coding);
        if (isCompressed)
            Assert.Equal((Gzip, "Accept-Encoding"), (hit.Coding, hit["Vary"]));
        Assert.Equal(miss.Body.Length, hit.Body.Length);
    }

    [Theory]
    // Compress, codings of the policy, MaxTTL, HTTP version, offer, and the coding
    [InlineData(true, "gzip br", 60, "1.1", "gzip, br", Brotli)]
    [InlineData(true, "gzip br", 60, "2.0", "gzip, br", Brotli)]
    [InlineData(true, "gzip", 60, "1.1", "gzip, br", Gzip)]
    [InlineData(true, "br", 60, "1.1", "gzip", null)]
    [InlineData(true, "", 60, "1.1", "gzip, br", null)]
    [InlineData(false, "gzip br", 60, "1.1", "gzip, br", null)]
    [InlineData(true, "gzip br", 60, "1.0", "gzip, br", null)]
    [InlineData(true, "gzip br", 60, "1.1", "identity", null)]
    [InlineData(true, "", 0, "1.1", "gzip, br", null)]
    public async Task Item5_SettingsOfCompression_OneByOne(bool compress, string codings, int maxTtl, string version, string offer, string? coding)
    {
        await using var nginx = StartWithFiles();
        var policy = Policy(gzip: codings.Contains(Gzip, StringComparison.Ordinal), brotli: codings.Contains(Brotli, StringComparison.Ordinal), maxTtl);
        await using var brink = Start(
            nginx, behavior => (behavior["Compress"], behavior["CachePolicyId"]) = (compress, "mine"), resources: [("mine", policy)]);

        var answer = await AskAsync(brink, "/1000.txt", offer, version: version);

        Assert.Equal(coding, answer.Coding);
    }

    [Fact]
    public async Task Item5_EveryTypeOfTheList_IsCompressed_AndNoOther()
    {
        string[] listed =
        [
            "application/dash+xml", "application/eot", "application/font", "application/font-sfnt", "application/javascript", "application/json", "application/opentype",
            "application/otf", "application/pdf", "application/pkcs7-mime", "application/protobuf", "application/rss+xml", "application/truetype", "application/ttf",
            "application/vnd.apple.mpegurl", "application/vnd.mapbox-vector-tile", "application/vnd.ms-fontobject", "application/wasm", "application/xhtml+xml", "application/xml",
            "application/x-font-opentype", "application/x-font-truetype", "application/x-font-ttf", "application/x-httpd-cgi", "application/x-javascript", "application/x-mpegurl",
            "application/x-opentype", "application/x-otf", "application/x-perl", "application/x-ttf", "font/eot", "font/opentype", "font/otf", "font/ttf", "image/svg+xml",
            "text/css", "text/csv", "text/html", "text/javascript", "text/js", "text/plain", "text/richtext", "text/tab-separated-values", "text/xml", "text/x-component",
            "text/x-java-source", "text/x-script", "vnd.apple.mpegurl",
        ];
        string[] others = ["image/png", "image/jpeg", "video/mp4", "font/woff2", "application/zip", "application/octet-stream", "text/markdown"];
        string[] types = [.. listed, .. others];
        await using var nginx = Nginx.Start(
            "", types.Select((_, i) => ($"f.t{i.ToString(CultureInfo.InvariantCulture)}", new string('x', 1000))),
            string.Concat(types.Select((type, i) => $"{type} t{i.ToString(CultureInfo.InvariantCulture)};")));
        await using var brink = Start(nginx, behavior => behavior["Compress"] = true);

        for (var i = 0; i < types.Length; i++)
        {
            var answer = await AskAsync(brink, $"/f.t{i.ToString(CultureInfo.InvariantCulture)}", Gzip);
            Assert.Equal((types[i], i < listed.Length ? Gzip : null), (answer["Content-Type"], answer.Coding));
        }
    }

    [Theory]
    [InlineData("/1000.txt", "W/\"")]
    [InlineData("/weak/1000.txt", "W/\"own\"")]
    [InlineData("/bare/1000.txt", null)]
    public async Task Item5_ETagOfWhatIsCompressed_IsWeak_OrGone(string target, string? begins)
    {
        await using var nginx = StartWithFiles();
        await using var brink = Start(nginx, behavior => behavior["Compress"] = true);

        var answer = await AskAsync(brink, target, Gzip);

        Assert.Equal(Gzip, answer.Coding);
        if (begins is null)
            Assert.Null(answer["ETag"]);
        else
            Assert.StartsWith(begins, answer["ETag"], StringComparison.Ordinal);
        if (answer["ETag"] is { } tag)
            Assert.Equal(HttpStatusCode.NotModified, (await AskAsync(brink, target, Gzip, headers: ("If-None-Match", tag))).Status);
    }

    [Fact]
    public async Task Item5_PartOfTheOrigin_StaysAsItIs()
    {
        await using var nginx = StartWithFiles();
        await using var brink = Start(nginx, behavior => behavior["Compress"] = true);

        var part = await AskAsync(brink, "/10000000.txt", Gzip, headers: ("Range", "bytes=0-1999"));

        Assert.Equal((HttpStatusCode.PartialContent, null, 2000), (part.Status, part.Coding, part.Body.Length));
    }

    [Fact]
    public async Task Item6_WhatIsOneObject_AndWhatIsTwo()
    {
        await using var nginx = Nginx.Start(Echo, []);
        await using var brink = Start(
            nginx,
            behavior =>
            {
                behavior["CachePolicyId"] = Everything;
                behavior["AllowedMethods"] = JsonNode.Parse("""{ "Quantity": 3, "Items": ["GET", "HEAD", "OPTIONS"], "CachedMethods": { "Quantity": 3, "Items": ["GET", "HEAD", "OPTIONS"] } }""");
            },
            resources: [(Everything, KeyOfEverything)]);
        (string Method, string Target, string? Cookie, string? Kind, string Expected)[] requests =
        [
            ("GET", "/echo?a=1&b=2", null, null, "Miss"),
            ("GET", "/echo?a=1&b=2", null, null, "Hit"),
            ("GET", "/echo?b=2&a=1", null, null, "Miss"), // the order is the viewer's
            ("GET", "/echo?A=1&b=2", null, null, "Miss"),
            ("GET", "/echo", "b=2; a=1", null, "Miss"),
            ("GET", "/echo", "a=1; b=2", null, "Hit"), // cookies are put in order
            ("GET", "/echo", "a=1; B=2", null, "Miss"),
            ("GET", "/echo", null, "X-Kind: one", "Miss"),
            ("GET", "/echo", null, "x-kind: one", "Hit"), // names are compared without case, values with it
            ("GET", "/echo", null, "X-Kind: One", "Miss"),
            ("HEAD", "/echo", null, "X-Kind: One", "Hit"),
            ("OPTIONS", "/echo", null, "X-Kind: One", "Miss"),
            ("OPTIONS", "/echo", null, "X-Kind: One", "Hit"),
        ];

        foreach (var (method, target, cookie, kind, expected) in requests)
        {
            List<(string, string)> headers = [];
            if (cookie is not null)
                headers.Add(("Cookie", cookie));
            if (kind is not null)
                headers.Add((kind.Split(": ")[0], kind.Split(": ")[1]));
            using var answer = await brink.SendAsync(method, target, [.. headers]);
            Assert.True($"{expected} from cloudfront" == answer.Header("X-Cache"), $"{method} {target} {cookie} {kind}: {answer.Header("X-Cache")}");
        }
        var sorted = await AskAsync(brink, "/echo?cookies", null, headers: ("Cookie", "c=3; a=1; b=2"));
        Assert.Equal("GET /echo?cookies||a=1; b=2; c=3|", sorted.Body);
    }

    [Fact]
    public async Task Item9_CustomErrors()
    {
        await using var nginx = Nginx.Start("location /secret { return 403; } location /broken { return 500; }", [("index.html", "the page")]);
        await using var brink = Start(
            nginx,
            behavior => behavior["FunctionAssociations"] = Function("viewer-response"),
            config => config["CustomErrorResponses"] = JsonNode.Parse("""
                { "Quantity": 2, "Items": [
                  { "ErrorCode": 403, "ResponsePagePath": "/index.html", "ResponseCode": "200" },
                  { "ErrorCode": 500, "ResponsePagePath": "/no-such-page.html", "ResponseCode": "503" } ] }
                """),
            function: "function handler(event) { event.response.headers['x-ran'] = { value: 'yes' }; return event.response; }");

        var page = await AskAsync(brink, "/secret");
        Assert.Equal((HttpStatusCode.OK, "the page", "Error from cloudfront", null), (page.Status, page.Body, page.XCache, page["X-Ran"]));
        var failed = await AskAsync(brink, "/broken");
        Assert.Equal((HttpStatusCode.NotFound, "Error from cloudfront", null), (failed.Status, failed.XCache, failed["X-Ran"]));
        var fine = await AskAsync(brink, "/index.html");
        Assert.Equal((HttpStatusCode.OK, "yes"), (fine.Status, fine["X-Ran"]));
    }

    [Theory]
    [InlineData("redirect-to-https", "GET", null, 301, null)]
    [InlineData("redirect-to-https", "HEAD", null, 301, null)]
    [InlineData("redirect-to-https", "POST", "", 307, null)]
    [InlineData("https-only", "GET", null, 403, "This distribution answers over HTTPS only.")]
    [InlineData("allow-all", "GET", "a body", 403, "Bad request.")]
    [InlineData("allow-all", "GET", null, 200, null)]
    [InlineData("allow-all", "POST", "", 403, "This distribution is not configured to allow the HTTP request method that was used for this request. The distribution supports only cachable requests.")]
    public async Task Item10_Gatekeepers(string protocols, string method, string? body, int status, string? cause)
    {
        await using var nginx = Nginx.Start(Echo, []);
        await using var brink = Start(nginx, behavior => behavior["ViewerProtocolPolicy"] = protocols, flags: ["--https-port", "0"]);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(brink.Url + "/echo?a=b"));
        if (body is not null)
            request.Content = new StringContent(body);

        using var answer = await brink.Viewer.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
        if (status is 301 or 307)
        {
            var https = brink.Started.GetProperty("urls").EnumerateArray().Select(url => url.GetString()!).First(url => url.StartsWith("https://127.0.0.1", StringComparison.Ordinal));
            Assert.Equal((https + "/echo?a=b", "Redirect from cloudfront"), (answer.Header("Location"), answer.Header("X-Cache")));
        }
        if (cause is not null)
            Assert.Contains(cause, await answer.TextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    // what the first origin does, the status that is listed, the method, and whether the second is asked
    [InlineData("refuses", 503, "GET", true)]
    [InlineData("refuses", 502, "GET", false)]
    [InlineData("is slow", 504, "GET", true)]
    [InlineData("is slow", 503, "GET", false)]
    [InlineData("answers 500", 500, "GET", true)]
    [InlineData("answers 500", 500, "HEAD", true)]
    [InlineData("answers 500", 500, "POST", false)]
    [InlineData("answers 500", 502, "GET", false)]
    public async Task Item11_OriginGroup(string what, int listed, string method, bool failsOver)
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start(); // connections are taken, and never answered
        await using var bad = Nginx.Start("location / { return 500; }", []);
        await using var good = Nginx.Start("location / { return 200 good; }", []);
        var port = what switch { "refuses" => Nginx.FreePort(), "is slow" => ((IPEndPoint)silent.LocalEndpoint).Port, _ => bad.Port };
        await using var brink = Start(good, behavior => (behavior["TargetOriginId"], behavior["AllowedMethods"]) = ("group", AllMethods()), config => AddGroup(config, port, listed));

        using var answer = await brink.SendAsync(method, "/");

        Assert.Equal(failsOver, answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(failsOver ? 1 : 0, (await good.RequestsAsync()).Length);
    }

    [Fact]
    public async Task Item11_OriginRequest_RunsForEachOrigin()
    {
        await using var bad = Nginx.Start("location / { return 500; }", []);
        await using var good = Nginx.Start("location / { return 200 good; }", []);
        var code = Path.Combine(_folder.FullName, "run.mjs");
        File.WriteAllText(code, """
            export const handler = async (event) => {
              const request = event.Records[0].cf.request;
              request.headers['x-run'] = [{ key: 'X-Run', value: request.origin.custom.customHeaders['x-own'][0].value }];
              return request;
            };
            """);
        await using var brink = Start(
            good,
            behavior =>
            {
                behavior["TargetOriginId"] = "group";
                behavior["LambdaFunctionAssociations"] = JsonNode.Parse("""
                    { "Quantity": 1, "Items": [ { "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:run:1", "EventType": "origin-request" } ] }
                    """);
            },
            config => AddGroup(config, bad.Port, 500), flags: ["--lambda", $"run={code}"]);

        var answer = await AskAsync(brink, "/a");

        Assert.Equal((HttpStatusCode.OK, "good"), (answer.Status, answer.Body));
        Assert.Equal(["GET /a HTTP/1.1|" + First], await bad.RequestsAsync());
        Assert.Equal(["GET /a HTTP/1.1|" + Second], await good.RequestsAsync());
    }

    [Fact]
    public async Task Item12_SignedUrls()
    {
        await using var nginx = Nginx.Start(Echo, []);
        var pem = JsonSerializer.Serialize(File.ReadAllText(KeyFile("rsa.pub.pem")));
        await using var brink = Start(
            nginx,
            behavior => (behavior["CachePolicyId"], behavior["TrustedKeyGroups"]) = (Everything, JsonNode.Parse("""{ "Enabled": true, "Quantity": 1, "Items": ["group"] }""")),
            resources:
            [
                (Everything, KeyOfEverything),
                ("K1", $$"""{ "PublicKey": { "Id": "K1", "PublicKeyConfig": { "CallerReference": "r", "Name": "key", "EncodedKey": {{pem}} } } }"""),
                ("group", """{ "KeyGroup": { "Id": "group", "KeyGroupConfig": { "Name": "group", "Items": ["K1"] } } }"""),
            ]);
        var site = brink.Url;
        async Task<string> SignAsync(params string[] arguments) =>
            (await RunAsync(Repository.Executable, ["sign", .. arguments, "--key-pair-id", "K1", "--private-key", KeyFile("rsa.pem")]))[(arguments.Contains("--cookies") ? 0 : site.Length)..];

        // canned; custom with an address; SHA-256; wildcards within their sections
        await ExpectAsync(200, await SignAsync($"{site}/echo/a", "--expires", "2099-01-01"));
        await ExpectAsync(200, await SignAsync($"{site}/echo/a", "--expires", "2099-01-01", "--ip", "127.0.0.0/8"));
        await ExpectAsync(403, await SignAsync($"{site}/echo/a", "--expires", "2099-01-01", "--ip", "192.0.2.0/24"));
        await ExpectAsync(200, await SignAsync($"{site}/echo/a", "--expires", "2099-01-01", "--hash", "SHA256"));
        var wild = (await SignAsync($"{site}/ech*/a?x=*", "--expires", "2099-01-01"))["/ech*/a?x=*".Length..];
        await ExpectAsync(200, "/echo/b/a?x=1" + wild);
        await ExpectAsync(403, "/other/a?x=1" + wild);
        await ExpectAsync(403, "/echo/a?y=1" + wild);
        // the URL beats the cookie; over; not begun; another URL; missing
        var cookies = await SignAsync($"{site}/echo/a", "--expires", "2099-01-01", "--cookies");
        var ended = await SignAsync($"{site}/echo/a", "--expires", "2020-01-01");
        await ExpectAsync(200, "/echo/a", cookies);
        await ExpectAsync(403, ended, cookies);
        await ExpectAsync(403, await SignAsync($"{site}/echo/a", "--starts", "2098-01-01", "--expires", "2099-01-01"));
        await ExpectAsync(403, (await SignAsync($"{site}/echo/a", "--expires", "2099-01-01")).Replace("/echo/a", "/echo/b", StringComparison.Ordinal));
        await ExpectAsync(403, "/echo/a");
        // nothing of it is behind the gate
        Assert.Equal("GET /echo/seen?q=1|||", (await AskAsync(brink, await SignAsync($"{site}/echo/seen?q=1", "--expires", "2099-01-01"))).Body);

        async Task ExpectAsync(int status, string target, string? cookie = null)
        {
            using var answer = await brink.GetAsync(target, cookie is null ? [] : [("Cookie", cookie)]);
            Assert.True(status == (int)answer.StatusCode, $"{target}, {cookie}: {(int)answer.StatusCode} {await answer.TextAsync()}");
            if (status == 403)
                Assert.Equal("text/xml", answer.Header("Content-Type"));
        }
    }

    [Fact]
    public async Task Item14_HeadersPolicy_IsOnEveryAnswer()
    {
        await using var nginx = Nginx.Start("location / { add_header X-Origin one; add_header X-Both origin; return 200 ok; }", []);
        await using var brink = Start(
            nginx,
            behavior => (behavior["ResponseHeadersPolicyId"], behavior["FunctionAssociations"]) = ("headers", Function("viewer-request")),
            function: """
                function handler(event) {
                    var request = event.request;
                    if (request.uri === '/made')
                        return { statusCode: 418, headers: { 'x-origin': { value: 'made' } } };
                    if (request.uri === '/broken')
                        request.nothing.here = 1;
                    return request;
                }
                """,
            resources: [("headers", """
                { "ResponseHeadersPolicy": { "Id": "headers", "ResponseHeadersPolicyConfig": { "Name": "headers",
                    "RemoveHeadersConfig": { "Quantity": 2, "Items": [ { "Header": "X-Origin" }, { "Header": "X-Both" } ] },
                    "CustomHeadersConfig": { "Quantity": 2, "Items": [
                      { "Header": "X-Both", "Value": "policy", "Override": false }, { "Header": "X-Own", "Value": "policy", "Override": true } ] },
                    "ServerTimingHeadersConfig": { "Enabled": true, "SamplingRate": 0.0 } } } }
                """)]);

        foreach (var (target, status) in new[] { ("/", 200), ("/", 200), ("/made", 418), ("/broken", 503) })
        {
            var answer = await AskAsync(brink, target);
            Assert.Equal((status, "policy", "policy", null, null), ((int)answer.Status, answer["X-Own"], answer["X-Both"], answer["X-Origin"], answer["Server-Timing"]));
            var asked = await AskAsync(brink, target, headers: ("Pragma", "server-timing"));
            Assert.Contains("cdn-rid", asked["Server-Timing"], StringComparison.Ordinal);
        }
        Assert.Contains("cdn-cache-hit", (await AskAsync(brink, "/", headers: ("Pragma", "server-timing")))["Server-Timing"], StringComparison.Ordinal);
    }

    [Theory]
    // Vary of the origin, and what viewers get: names outside the key go
    [InlineData("Accept-Encoding, Accept-Language", "Accept-Encoding")]
    [InlineData("Cookie, X-Kind, Origin", "Cookie, X-Kind")]
    [InlineData("User-Agent", null)]
    public async Task Item15_Vary_NamesWhatIsInTheKey(string vary, string? seen)
    {
        await using var nginx = Nginx.Start($"location / {{ add_header Vary \"{vary}\"; add_header Cache-Control max-age=60; return 200 ok; }}", []);
        await using var brink = Start(nginx, behavior => behavior["CachePolicyId"] = Everything, resources: [(Everything, KeyOfEverything)]);

        foreach (var xCache in new[] { "Miss", "Hit" })
        {
            var answer = await AskAsync(brink, "/");
            Assert.Equal(($"{xCache} from cloudfront", seen), (answer.XCache, answer["Vary"]));
        }
    }

    [Theory]
    [InlineData(false, "", null, null)]
    [InlineData(true, "", "a=1", "a=1")]
    [InlineData(true, "no-cache=\"Set-Cookie\", max-age=60", "a=1", null)]
    public async Task Item15_SetCookie_IsDropped_OrReplayed(bool forwardsCookies, string cacheControl, string? onMiss, string? onHit)
    {
        var field = cacheControl.Length == 0 ? "max-age=60" : cacheControl.Replace("\"", "\\\"", StringComparison.Ordinal);
        await using var nginx = Nginx.Start($"location / {{ add_header Set-Cookie a=1; add_header Cache-Control \"{field}\"; return 200 ok; }}", []);
        await using var brink = Start(nginx, behavior => behavior["CachePolicyId"] = forwardsCookies ? Everything : CachingOptimized, resources: [(Everything, KeyOfEverything)]);

        var (miss, hit) = (await AskAsync(brink, "/"), await AskAsync(brink, "/"));

        Assert.Equal(("Miss from cloudfront", onMiss), (miss.XCache, miss["Set-Cookie"]));
        Assert.Equal(("Hit from cloudfront", onHit), (hit.XCache, hit["Set-Cookie"]));
    }

    /// <summary>Files of many sizes, and places that do something to them.</summary>
    private static Nginx StartWithFiles() => Nginx.Start(
        """
        location /chunked/ { alias WWW/; ssi on; ssi_types *; }
        location /no-transform/ { alias WWW/; add_header Cache-Control "no-transform, max-age=60"; }
        location /coded/ { alias WWW/; add_header Content-Encoding x-own; }
        location /weak/ { alias WWW/; etag off; add_header ETag 'W/"own"'; }
        location /bare/ { alias WWW/; etag off; add_header ETag 'own'; }
        location /status403/ { error_page 403 /1000.txt; return 403; }
        location /status404/ { error_page 404 /1000.txt; return 404; }
        location /status410/ { error_page 410 /1000.txt; return 410; }
        location /status500/ { error_page 500 /1000.txt; return 500; }
        """.Replace("alias WWW/", "rewrite ^/[^/]+(/.*)$ $1 break", StringComparison.Ordinal),
        [
            ("999.txt", new string('x', 999)), ("1000.txt", new string('x', 1000)), ("10000000.txt", new string('x', 10_000_000)), ("10000001.txt", new string('x', 10_000_001)),
            ("1000.png", new string('x', 1000)),
        ]);

    private BrinkDev Start(
        Nginx nginx, Action<JsonObject> behavior, Action<JsonObject>? distribution = null, (string Id, string Text)[]? resources = null, string? function = null, string[]? flags = null)
    {
        var config = JsonNode.Parse($$"""
            {
              "CallerReference": "r", "Comment": "", "Enabled": true,
              "Origins": { "Quantity": 1, "Items": [ {{Origin(Second, nginx.Port)}} ] },
              "DefaultCacheBehavior": { "TargetOriginId": "{{Second}}", "ViewerProtocolPolicy": "allow-all", "CachePolicyId": "{{CachingOptimized}}" }
            }
            """)!.AsObject();
        distribution?.Invoke(config);
        behavior(config["DefaultCacheBehavior"]!.AsObject());
        List<string> arguments = ["--distribution", Write("distribution.json", config.ToJsonString()), "--resources", _folder.CreateSubdirectory("resources").FullName, .. flags ?? []];
        foreach (var (id, text) in resources ?? [])
            Write($"resources/{id}.json", text);
        if (function is not null)
            arguments.AddRange(["--function", $"f={Write("f.js", function)}"]);
        return BrinkDev.Start([.. arguments]);
    }

    private static void AddGroup(JsonObject config, int firstPort, int listed)
    {
        config["Origins"]!["Items"]!.AsArray().Add(JsonNode.Parse(Origin(First, firstPort)));
        config["Origins"]!["Quantity"] = 2;
        config["OriginGroups"] = JsonNode.Parse($$"""
            { "Quantity": 1, "Items": [ { "Id": "group", "FailoverCriteria": { "StatusCodes": { "Quantity": 1, "Items": [{{listed.ToString(CultureInfo.InvariantCulture)}}] } },
              "Members": { "Quantity": 2, "Items": [ { "OriginId": "{{First}}" }, { "OriginId": "{{Second}}" } ] } } ] }
            """);
    }

    private static string Origin(string id, int port) => $$"""
        { "Id": "{{id}}", "DomainName": "127.0.0.1", "ConnectionAttempts": 1,
          "CustomHeaders": { "Quantity": 1, "Items": [ { "HeaderName": "X-Own", "HeaderValue": "{{id}}" } ] },
          "CustomOriginConfig": { "HTTPPort": {{port.ToString(CultureInfo.InvariantCulture)}}, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only", "OriginReadTimeout": 1 } }
        """;

    private static string Policy(bool gzip, bool brotli, int maxTtl) => $$"""
        { "CachePolicy": { "Id": "mine", "CachePolicyConfig": { "Name": "mine", "MinTTL": 0, "DefaultTTL": 0, "MaxTTL": {{maxTtl.ToString(CultureInfo.InvariantCulture)}},
            "ParametersInCacheKeyAndForwardedToOrigin": { "EnableAcceptEncodingGzip": {{(gzip ? "true" : "false")}}, "EnableAcceptEncodingBrotli": {{(brotli ? "true" : "false")}},
              "HeadersConfig": { "HeaderBehavior": "none" }, "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "none" } } } } }
        """;

    private const string KeyOfEverything = """
        { "CachePolicy": { "Id": "everything", "CachePolicyConfig": { "Name": "everything", "MinTTL": 0,
            "ParametersInCacheKeyAndForwardedToOrigin": { "EnableAcceptEncodingGzip": false,
              "HeadersConfig": { "HeaderBehavior": "whitelist", "Headers": { "Quantity": 1, "Items": ["X-Kind"] } },
              "CookiesConfig": { "CookieBehavior": "all" }, "QueryStringsConfig": { "QueryStringBehavior": "all" } } } } }
        """;

    private static JsonNode Function(string type) => JsonNode.Parse($$"""
        { "Quantity": 1, "Items": [ { "FunctionARN": "arn:aws:cloudfront::123456789012:function/f", "EventType": "{{type}}" } ] }
        """)!;

    private static JsonNode AllMethods() => JsonNode.Parse("""{ "Quantity": 7, "Items": ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"] }""")!;

    private static async Task<Answer> AskAsync(BrinkDev brink, string target, string? offer = null, string version = "1.1", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(brink.Url + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (offer is not null)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", offer);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await brink.Viewer.SendAsync(request, TestContext.Current.CancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, response.Header("Content-Encoding"), Decode(bytes, response.Header("Content-Encoding")), response.Headers, response.Content.Headers);
    }

    private static string Decode(byte[] bytes, string? coding)
    {
        if (coding is not (Gzip or Brotli))
            return System.Text.Encoding.UTF8.GetString(bytes);
        using var source = new MemoryStream(bytes);
        using Stream decoder = coding == Gzip ? new GZipStream(source, CompressionMode.Decompress) : new BrotliStream(source, CompressionMode.Decompress);
        using var reader = new StreamReader(decoder);
        return reader.ReadToEnd();
    }

    private static async Task<string> RunAsync(string program, string[] arguments)
    {
        await using var process = ChildProcess.Start(program, arguments);
        var output = process.ReadToEnd();
        Assert.True(await process.WaitForExitAsync() == 0, process.ErrorText);
        return output.Trim();
    }

    private static string KeyFile(string name) => Repository.PathTo("tests", "private-content", name);

    private string Write(string file, string text)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, file), text);
        return Path.Combine(_folder.FullName, file);
    }

    /// <summary>An answer with its body decoded.</summary>
    private sealed record Answer(HttpStatusCode Status, string? Coding, string Body, HttpResponseHeaders Headers, HttpContentHeaders ContentHeaders)
    {
        public string? XCache => this["X-Cache"];

        public string? this[string name] =>
            Headers.TryGetValues(name, out var values) || ContentHeaders.TryGetValues(name, out values) ? string.Join(", ", values) : null;
    }
}
