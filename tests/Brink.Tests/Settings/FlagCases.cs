using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Brink.Scenarios.Kit;
using Brink.Tests.Edge;
using Brink.Tests.Edge.Geography;

namespace Brink.Tests.Settings;

/// <summary>The flags of <c>brink dev</c>.</summary>
internal static class FlagCases
{
    private const string Distribution = "--distribution";

    private const string NeverCached = """
        {
          "Name": "never", "MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 0,
          "ParametersInCacheKeyAndForwardedToOrigin": {
            "EnableAcceptEncodingGzip": false, "HeadersConfig": { "HeaderBehavior": "none" }, "CookiesConfig": { "CookieBehavior": "none" }, "QueryStringsConfig": { "QueryStringBehavior": "none" }
          }
        }
        """;

    private static readonly TestAuthority Authority = new();

    private static readonly string Large = $"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\nCache-Control: max-age=60\r\n\r\n{new string('x', 200_000)}";

    // What a Lambda@Edge function answers with: everything that a flag can change about it.
    private const string Tells = """
        import net from 'node:net';
        import { appendFileSync, existsSync } from 'node:fs';
        try { appendFileSync('PIDS', `${process.pid}\n`); } catch { } // a sandbox
        const reaches = (port) => new Promise(done => net.connect(port, '127.0.0.1').on('connect', () => done(true)).on('error', () => done(false)));
        const answer = async (event, context, name) => {
            const { config, request } = event.Records[0].cf;
            const query = new URLSearchParams(request.querystring);
            if (query.has('wait'))
                await new Promise(done => setTimeout(done, 1000 * query.get('wait')));
            const told = {
                name, event: config.eventType, memory: context.memoryLimitInMB, time: Math.ceil(context.getRemainingTimeInMillis() / 1000), body: request.body ? 'body' : 'none',
                node: process.execPath.split('/').pop(), sees: existsSync(query.get('file') ?? '/nothing'), reaches: query.has('port') && await reaches(query.get('port')),
            };
            const big = Number(query.get('big') ?? 0);
            return { status: '200', body: big ? 'x'.repeat(big) : String(told[query.get('tell')]) };
        };
        export const handler = (event, context) => answer(event, context, 'handler');
        export const other = (event, context) => answer(event, context, 'other');
        """;

    public static IReadOnlyDictionary<string, Case> All { get; } = new Dictionary<string, Case>(StringComparer.Ordinal)
    {
        ["--origin"] = Flag((site => With(site, "--origin", Url(site)), "200 one"), (site => With(site, "--origin", Folder(site)), "200 a file"), site => BodyAsync(site, "/a.txt")),
        ["--default-root-object"] = Flag(
            (site => With(site, "--origin", Folder(site)), "404 NoSuchKey"), (site => With(site, "--origin", Folder(site), "--default-root-object", "a.txt"), "200 a file"),
            async site => (await site.Dev.AskAsync("/")) is var answer && answer.Status == 404 ? "404 NoSuchKey" : $"{answer.Status} {answer.Text}"),
        ["--hidden-files"] = Flag((site => With(site, "--origin", Hidden(site)), "404"), (site => With(site, "--origin", Hidden(site), "--hidden-files"), "200"), async site =>
            (await site.Dev.AskAsync("/.env")).Status.ToString(CultureInfo.InvariantCulture)),
        ["--viewer-request"] = Flag((Plain, "none"), (site => With(site, "--viewer-request", Script(site)), "viewer-request"), ToldAsync),
        ["--viewer-response"] = Flag((Plain, "none"), (site => With(site, "--viewer-response", Script(site)), "viewer-response"), ToldAsync),
        ["--cache-policy"] = Flag((Plain, "1"), (site => With(site, "--cache-policy", "CachingDisabled"), "2"), PolicyCases.AskedTwiceAsync),
        ["--origin-request-policy"] = Flag((Plain, "none"), (site => With(site, "--origin-request-policy", "AllViewer"), "1"), site => PolicyCases.SentAsync(site, "X-A", "X-A: 1\r\n")),
        ["--response-headers-policy"] = Flag(
            (Plain, "none"), (site => With(site, "--response-headers-policy", "SecurityHeadersPolicy"), "SAMEORIGIN"), site => PolicyCases.AnsweredAsync(site, "X-Frame-Options")),
        [Distribution] = new(Case.IsEnforced, async () =>
        {
            await using var site = Site.OfDistribution();
            site.Set("DefaultRootObject", "\"x\"");
            await site.StartAsync();
            await site.Dev.AskAsync();
            Assert.Equal("/x", site.One.Requests[0].Target);
        }),
        ["--resources"] = Flag(
            (site => With(site, "--cache-policy", "CachingOptimized"), "1"),
            (site =>
            {
                Directory.CreateDirectory(site.In("resources"));
                site.Write("resources/c0ffee.json", NeverCached);
                With(site, "--resources", site.In("resources"), "--cache-policy", "c0ffee");
            }, "2"), PolicyCases.AskedTwiceAsync),
        ["--ignore"] = new(Case.IsEnforced, async () =>
        {
            await using var site = Site.OfDistribution();
            site.Set("WebACLId", "\"arn:aws:wafv2:us-east-1:123456789012:global/webacl/acl/1\"");
            var (exitCode, errors) = await site.EndAsync();
            Assert.Equal(1, exitCode);
            Assert.Contains("$.WebACLId: web ACLs are not supported yet. Leave it out, or say --ignore WebACLId.", errors, StringComparison.Ordinal);

            site.Flags.AddRange(["--ignore", "WebACLId,AnycastIpListId"]);
            await site.StartAsync();

            Assert.Equal(200, (await site.Dev.AskAsync()).Status);
            Assert.Equal("WebACLId", Assert.Single(site.Dev.Started.GetProperty("distributions")[0].GetProperty("ignored").EnumerateArray()).GetString());
        }),
        ["--function"] = Bound("--function", "FunctionAssociations", """{ "FunctionARN": "arn:aws:cloudfront::123456789012:function/f", "EventType": "viewer-request" }""", "f.js"),
        ["--lambda"] = Bound("--lambda", "LambdaFunctionAssociations", """{ "LambdaFunctionARN": "arn:aws:lambda:us-east-1:123456789012:function:f:1", "EventType": "viewer-request" }""", "f.mjs"),
        ["--kvs"] = Flag(
            (site => With(site, "--viewer-request", Store(site), "--kvs", site.Write("kvs.json", """{ "data": [ { "key": "k", "value": "one" } ] }""")), "one"),
            (site => With(site, "--viewer-request", Store(site), "--kvs", site.Write("kvs.json", """{ "data": [ { "key": "k", "value": "two" } ] }""")), "two"), ToldAsync),
        ["--viewer-country"] = Flag(
            (site => With(site, "--origin-request-policy", "AllViewerAndCloudFrontHeaders-2022-06"), "none"), (site => With(site, "--origin-request-policy", "AllViewerAndCloudFrontHeaders-2022-06", "--viewer-country", "DE"), "DE"),
            site => PolicyCases.SentAsync(site, "CloudFront-Viewer-Country", "")),
        ["--geo-database"] = Flag(
            (site => With(site, "--origin-request-policy", "AllViewerAndCloudFrontHeaders-2022-06"), "none"),
            (site => With(site, "--origin-request-policy", "AllViewerAndCloudFrontHeaders-2022-06", "--geo-database", Database(site, "SE")), "SE"),
            site => PolicyCases.SentAsync(site, "CloudFront-Viewer-Country", "")),
        ["--trusted-proxies"] = Flag((Plain, "127.0.0.1"), (site => With(site, "--trusted-proxies", "10.0.0.0/8,127.0.0.1"), "203.0.113.7"), async site =>
        {
            await site.Dev.AskAsync("/", headers: "X-Forwarded-For: 198.51.100.1, 203.0.113.7, 10.1.2.3\r\n");
            return (await site.Dev.WaitForAsync("request")).GetProperty("viewerIp").GetString()!;
        }),
        ["--proxy-protocol"] = Flag((Plain, "400"), (site => With(site, "--proxy-protocol", "10.0.0.0/8,127.0.0.1"), "203.0.113.7"), async site =>
        {
            var answer = await RawViewer.AskAsync(site.Dev.Port, "PROXY TCP4 203.0.113.7 198.51.100.1 4711 80\r\nGET / HTTP/1.1\r\nHost: test\r\n\r\n", head: false);
            return answer.Status == 200 ? (await site.Dev.WaitForAsync("request")).GetProperty("viewerIp").GetString()! : "400";
        }),
        ["--http-caching"] = Flag(
            (site => With(site, "--http-caching", "cloudfront"), "cloudfront 1"), (site => With(site, "--http-caching", "rfc9111"), "rfc9111 2"), async site =>
            {
                site.One.Reply("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nCache-Control: max-age=60\r\nCDN-Cache-Control: no-store\r\n\r\nx");
                return $"{site.Dev.Started.GetProperty("httpCaching").GetString()} {await PolicyCases.AskedTwiceAsync(site)}";
            }),
        ["--compute-budget"] = Flag((site => With(site, "--viewer-request", Busy(site)), "200"), (site => With(site, "--viewer-request", Busy(site), "--compute-budget", "10000"), "503"), StatusAsync),
        ["--edge-location"] = Flag((Plain, "LCL"), (site => With(site, "--edge-location", "FRA"), "FRA"), async site => (await site.Dev.AskAsync())["X-Amz-Cf-Pop"]![..3]),
        ["--edge-region"] = Flag((site => With(site, "--viewer-request", Region(site)), "us-east-1"), (site => With(site, "--viewer-request", Region(site), "--edge-region", "eu-central-1"), "eu-central-1"), ToldAsync),
        ["--origin-ca"] = Flag((Secure, "502"), (site =>
        {
            Secure(site);
            site.Flags.AddRange(["--origin-ca", site.Write("ca.pem", Authority.Pem)]);
        }, "200"), StatusAsync),
        ["--s3"] = new(Case.IsEnforced, async () =>
        {
            await using var site = Site.OfDistribution();
            site.Set("Origins.Items[0].DomainName", "\"b.s3.eu-central-1.amazonaws.com\"");
            site.Set("Origins.Items[0].CustomOriginConfig", null);
            site.Set("Origins.Items[0].S3OriginConfig", """{ "OriginAccessIdentity": "" }""");
            site.Flags.AddRange(["--s3", site.Write("s3.json", $$"""{ "buckets": { "b.s3.eu-central-1.amazonaws.com": { "endpoint": "http://127.0.0.1:{{site.One.Port}}" } } }""")]);
            await site.StartAsync();
            await site.Dev.AskAsync("/key");
            Assert.Equal("/b/key", site.One.Requests[0].Target); // without it, Amazon's own servers would be asked
        }),
        ["--log-bucket"] = Logged("--log-bucket", 0, ["logs={folder}/a"], "a", ["logs={folder}/b"], "b", (site, _) => Task.FromResult(LogCases.FilesOf(site)[0].File.Split('/')[0])),
        ["--kinesis"] = new(Case.IsEnforced, LogCases.RealtimeAsync),
        ["--log-file-age"] = Logged("--log-file-age", 0, ["300"], "2", ["600"], "1", LogCases.FilesAfterFiveMinutesAsync),
        ["--log-file-size"] = Logged("--log-file-size", 0, ["1"], "2", ["100"], "1", LogCases.FilesOfAMegabyteAsync),
        ["--log-keep"] = Logged("--log-keep", 40, ["30"], "gone", ["60"], "kept", LogCases.OldFileAsync),
        ["--log-keep-size"] = Logged("--log-keep-size", 0, ["1"], "gone", ["3"], "kept", LogCases.OldFileAsync),
        ["--admin-port"] = new(Case.IsEnforced, async () =>
        {
            await using var site = Site.OfFlags();
            With(site, "--origin", Url(site), "--admin-port", "0");
            await site.StartAsync();
            await site.Dev.AskAsync();
            Assert.Equal((200, "ok\n"), await LogCases.AdminAsync(site.Dev.Started, "/health"));
            Assert.Contains("brink_requests_total", (await LogCases.AdminAsync(site.Dev.Started, "/metrics")).Text, StringComparison.Ordinal);
        }),
        ["--cache-dir"] = Flag((Plain, "memory"), (site => With(site, "--cache-dir", site.In("cache")), "disk"), site => Task.FromResult(File.Exists(site.In("cache/format")) ? "disk" : "memory")),
        ["--cache-size"] = new(Case.IsEnforced, async () =>
        {
            await using var site = Site.OfFlags();
            With(site, "--cache-size", "1G");
            var (exitCode, errors) = await site.EndAsync();
            Assert.Equal(2, exitCode); // what it bounds is measured where the disk is tested
            Assert.Contains("--cache-size without --cache-dir: nothing would use it", errors, StringComparison.Ordinal);
        }),
        ["--cache-memory"] = Flag((Plain, "Hit from cloudfront"), (site => With(site, "--cache-memory", "1M"), "Miss from cloudfront"), async site =>
        {
            // Larger than a quarter of what each tier has, and without a version by which parts could be asked for.
            site.One.Reply(Large);
            await site.Dev.AskAsync("/large");
            return (await site.Dev.AskAsync("/large"))["X-Cache"]!;
        }),
        ["--tiers"] = Flag((site => With(site, "--tiers", "1", "--cache-memory", "1M"), "Hit from cloudfront"), (site => With(site, "--tiers", "2", "--cache-memory", "1M"), "Miss from cloudfront"), async site =>
        {
            // Less than a quarter of the memory of one, and more than that of each of two.
            site.One.Reply(Large);
            await site.Dev.AskAsync("/large");
            return (await site.Dev.AskAsync("/large"))["X-Cache"]!;
        }),
        ["--listen"] = Flag((site => With(site, "--listen", "127.0.0.2"), "127.0.0.2"), (site => With(site, "--listen", "127.0.0.1"), "127.0.0.1"), site =>
            Task.FromResult(new Uri(site.Dev.Started.GetProperty("urls")[0].GetString()!).Host)),
        ["--http-port"] = new(Case.IsEnforced, async () =>
        {
            var port = FreePort();
            await using var site = Site.OfFlags();
            With(site, "--origin", Url(site), "--http-port", port.ToString(CultureInfo.InvariantCulture));
            await site.StartAsync();
            Assert.Equal(200, (await RawViewer.AskAsync(port, "GET / HTTP/1.1\r\nHost: test\r\n\r\n")).Status);
        }),
        ["--https-port"] = Flag((Plain, "none"), (site => With(site, "--https-port", "0"), "CN=localhost"), SubjectAsync),
        ["--certificate"] = Flag((site => With(site, "--https-port", "0"), "CN=localhost"), (Certified, "CN=of-a-test"), SubjectAsync),
        ["--private-key"] = new(Case.IsEnforced, async () =>
        {
            await using var site = Site.OfFlags();
            Certified(site);
            using var another = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            site.Write("key.pem", another.ExportPkcs8PrivateKeyPem());
            var (exitCode, errors) = await site.EndAsync();
            Assert.Equal(1, exitCode);
            Assert.Contains("cannot be used as a certificate with", errors, StringComparison.Ordinal);
        }),
        ["--steps"] = Flag(
            (Plain, "none"), (site => With(site, "--steps"), "FoundNothing AskedRegion FoundNothing AskedOrigin origin OriginAnswered 200 Stored Stored"), async site =>
            {
                await site.Dev.AskAsync();
                return (await site.Dev.WaitForAsync("request")).TryGetProperty("steps", out var steps)
                    ? string.Join(' ', steps.EnumerateArray().Select(step => step.GetString()))
                    : "none";
            }),
        ["--json"] = new(Case.IsEnforced, async () =>
        {
            await using var site = Site.OfFlags();
            Plain(site);
            await site.StartAsync();
            await site.Dev.AskAsync();
            Assert.Equal(200, (await site.Dev.WaitForAsync("request")).GetProperty("status").GetInt32()); // without it, text: the scenarios read that
        }),
        ["--origin-request"] = Flag((Plain, "one"), (site => Lambda(site), "origin-request"), site => TellAsync(site, "event")),
        ["--origin-response"] = Flag((Plain, "one"), (site => With(site, "--unsafe-no-sandbox", "--origin-response", Lambda(site, "f.mjs"), "--origin-request-policy", "AllViewerExceptHostHeader"), "origin-response"), site => TellAsync(site, "event")),
        ["--handler"] = LambdaFlag(["--handler", "f.handler"], "handler", ["--handler", "f.other"], "other", "name"),
        ["--memory"] = LambdaFlag([], "128", ["--memory", "256"], "256", "memory"),
        ["--timeout"] = LambdaFlag(["--timeout", "9"], "9", ["--timeout", "4"], "4", "time"),
        ["--include-body"] = LambdaFlag([], "none", ["--include-body"], "body", "body"),
        ["--node"] = Flag((site => Lambda(site), "node"), (site =>
        {
            Lambda(site);
            // A copy: of a wrapper or a link the interpreter behind it would be started.
            var copy = site.In("another-node");
            // By another process: a file that this one has open for writing cannot be run, nor while a process that another test starts has it inherited.
            using var copying = System.Diagnostics.Process.Start("/bin/cp", ["/usr/bin/node", copy]);
            copying.WaitForExit();
            site.Flags.AddRange(["--node", copy]);
        }, "another-node"), site => TellAsync(site, "node")),
        ["--quotas"] = Flag(
            (site => With(site, "--unsafe-no-sandbox", "--viewer-request", Lambda(site, "f.mjs"), "--quotas", "classic", "--timeout", "5"), "200"),
            (site => With(site, "--unsafe-no-sandbox", "--viewer-request", Lambda(site, "f.mjs"), "--quotas", site.Write("quotas.json", """{ "viewer": { "generatedResponseBytes": 4096 } }"""), "--timeout", "5"), "502"),
            async site => (await site.Dev.AskAsync("/?big=10000")).Status.ToString(CultureInfo.InvariantCulture)),
        ["--concurrency"] = Flag((site => Lambda(site), "200, 200"), (site => Lambda(site, "--concurrency", "1"), "200, 503"), async site =>
        {
            var statuses = await Task.WhenAll(new[] { "/a?wait=1", "/b?wait=1" }.Select(async target => (await site.Dev.AskAsync(target)).Status));
            return string.Join(", ", statuses.Order());
        }),
        ["--inspect"] = Flag((site => Lambda(site), "none"), (site => Lambda(site, "--inspect", "--inspect-port", FreePort().ToString(CultureInfo.InvariantCulture)), "127.0.0.1"), site => Task.FromResult(Debugger(site)?.Split(':')[0] ?? "none")),
        ["--inspect-port"] = new(Case.IsEnforced, async () =>
        {
            var port = FreePort().ToString(CultureInfo.InvariantCulture);
            await using var site = Site.OfFlags();
            Lambda(site, "--inspect", "--inspect-port", port);
            await site.StartAsync();
            Assert.Equal($"127.0.0.1:{port}", Debugger(site));
        }),
        ["--unsafe-no-sandbox"] = new(Case.IsEnforced, async () =>
        {
            foreach (var isSafe in new[] { true, false })
            {
                await using var site = Site.OfFlags();
                With(site, "--origin-request", Lambda(site, "f.mjs"), "--origin-request-policy", "AllViewerExceptHostHeader");
                if (!isSafe)
                    site.Flags.Add("--unsafe-no-sandbox");
                var secret = site.Write("secret", "");
                await site.StartAsync();
                Assert.Equal(isSafe ? "false" : "true", (await site.Dev.AskAsync($"/?tell=sees&file={secret}")).Text);
            }
        }),
        ["--network"] = new(Case.IsEnforced, async () =>
        {
            foreach (var (network, expected) in new[] { ("shared", "true"), ("none", "false") })
            {
                await using var site = Site.OfFlags();
                With(site, "--origin-request", Lambda(site, "f.mjs"), "--origin-request-policy", "AllViewerExceptHostHeader", "--network", network);
                await site.StartAsync();
                Assert.Equal(expected, (await site.Dev.AskAsync($"/?tell=reaches&port={site.Two.Port}")).Text);
            }
        }),
        ["--runtime"] = new(Case.IsEnforced, async () =>
        {
            foreach (var runtime in new[] { "nodejs20.x", "nodejs22.x" })
            {
                await using var site = Site.OfFlags();
                Lambda(site, "--runtime", runtime);
                await site.StartAsync();
                Assert.Equal(runtime, site.Dev.Started.GetProperty("functions")[0].GetProperty("runtime").GetString());
            }
        }),
        ["--python"] = new(Case.IsEnforced, async () =>
        {
            foreach (var (executable, expected) in new[] { ("/usr/bin/python3", "200"), ("/no/such/python", "") })
            {
                await using var site = Site.OfFlags();
                var file = site.Write("f.py", "def lambda_handler(event, context):\n    return {'status': '200'}\n");
                With(site, "--unsafe-no-sandbox", "--origin-request", file, "--python", executable);
                if (expected.Length == 0)
                {
                    Assert.Equal(1, (await site.EndAsync()).ExitCode);
                    continue;
                }
                await site.StartAsync();
                Assert.Equal(expected, await StatusAsync(site));
            }
        }),
        ["--inspect-brk"] = new(Case.IsEnforced, async () =>
        {
            foreach (var flag in new[] { "--inspect", "--inspect-brk" })
            {
                await using var site = Site.OfFlags();
                var port = FreePort();
                Lambda(site, flag, "--inspect-port", port.ToString(CultureInfo.InvariantCulture));
                var starting = Task.Run(site.StartAsync); // it waits on the thread that starts it
                if (flag == "--inspect-brk")
                {
                    await using var debugger = await NodeInspector.AttachWhenOpenAsync($"127.0.0.1:{port}");
                    await debugger.CallAsync("Runtime.runIfWaitingForDebugger");
                    await debugger.WaitForAsync("Debugger.paused");
                    Assert.False(File.Exists(site.In("pids")) || starting.IsCompleted, "the function's code was loaded without the debugger");
                    await debugger.CallAsync("Debugger.resume");
                }
                await starting; // where the flag is another, no debugger is waited for
                Assert.Equal("handler", await TellAsync(site, "name"));
            }
        }),
        ["--block-network"] = Flag((site => Egress(site), "11 0"), (site => Egress(site, "--block-network", "203.0.113.0/24"), "3 13"), async site => (await site.Dev.AskAsync()).Text),
        ["--prewarm"] = LambdaFlag([], "1", ["--prewarm", "3"], "3", async site =>
        {
            Assert.Equal(200, (await site.Dev.AskAsync("/?tell=name")).Status);
            return File.ReadLines(site.In("pids")).Distinct().Count().ToString(CultureInfo.InvariantCulture);
        }),
        ["--freeze"] = new(Case.IsEnforced, async () =>
        {
            await using var still = Site.OfFlags();
            await using var awake = Site.OfFlags();
            foreach (var site in new[] { awake, still })
            {
                site.Time = new ManualTimeProvider();
                Lambda(site, site == still ? ["--freeze"] : []);
                await site.StartAsync(); // its function's process waits for an event now
                ((ManualTimeProvider)site.Time).AdvanceSeconds(1);
            }
            // The signal has been sent. What is left is the system's: it stops a process when that is about to run.
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            while (!IsStopped(still))
            {
                patience.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
            Assert.False(IsStopped(awake));
        }),
    };

    // ---------------------------------------------------------------- command lines

    /// <summary>A standard log with the flag one way and the other; a file of that many days is there already.</summary>
    private static Case Logged(string flag, int days, string[] one, string seen, string[] other, string otherSeen, Func<Site, int, Task<string>> probe) => new(Case.IsEnforced, async () =>
    {
        Assert.NotEqual(seen, otherSeen);
        foreach (var (values, expected) in new[] { (one, seen), (other, otherSeen) })
        {
            await using var site = LogCases.WithStandardLog();
            if (flag == "--log-bucket")
                site.Flags.RemoveRange(site.Flags.Count - 4, 4);
            foreach (var value in values)
                site.Flags.AddRange([flag, value.Replace("{folder}", site.In(""), StringComparison.Ordinal)]);
            if (flag == "--log-file-age")
                site.Time = new ManualTimeProvider();
            await site.StartAsync();
            if (flag == "--log-bucket")
            {
                await site.Dev.AskAsync();
                await site.Dev.DisposeAsync();
            }
            Assert.Equal(expected, await probe(site, days));
        }
    });

    private static Case Flag((Action<Site> Say, string Seen) without, (Action<Site> Say, string Seen) with, Func<Site, Task<string>> probe) => Case.Enforced(Site.OfFlags, probe, without, with);

    /// <summary>With this and that beside a function on origin-request, it tells of a difference.</summary>
    private static Case LambdaFlag(string[] one, string seen, string[] other, string otherSeen, string tell) => LambdaFlag(one, seen, other, otherSeen, site => TellAsync(site, tell));

    private static Case LambdaFlag(string[] one, string seen, string[] other, string otherSeen, Func<Site, Task<string>> probe) =>
        Flag((site => Lambda(site, one), seen), (site => Lambda(site, other), otherSeen), probe);

    /// <summary>A name in a distribution's file is nothing until the flag binds it.</summary>
    private static Case Bound(string flag, string list, string association, string file) => new(Case.IsEnforced, async () =>
    {
        await using var unbound = Site.OfDistribution();
        unbound.Set($"DefaultCacheBehavior.{list}", $$"""{ "Quantity": 1, "Items": [ {{association}} ] }""");
        var (exitCode, errors) = await unbound.EndAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains($"bind it with {flag} f=", errors, StringComparison.Ordinal);

        await using var site = Site.OfDistribution();
        site.Set($"DefaultCacheBehavior.{list}", $$"""{ "Quantity": 1, "Items": [ {{association}} ] }""");
        site.Flags.AddRange([flag, $"f={(file == "f.js" ? Script(site) : Lambda(site, file))}"]);
        if (file != "f.js")
            site.Flags.Add("--unsafe-no-sandbox");
        await site.StartAsync();
        var answer = await site.Dev.AskAsync("/?tell=event");
        Assert.Equal("viewer-request", answer["x-told"] ?? answer.Text);
    });

    private static void Plain(Site site) => With(site);

    private static void With(Site site, params string[] flags)
    {
        if (!flags.Contains("--origin"))
            site.Flags.AddRange(["--origin", Url(site)]);
        site.Flags.AddRange(flags);
    }

    private static void Lambda(Site site, params string[] flags) => With(site, ["--unsafe-no-sandbox", "--origin-request", Lambda(site, "f.mjs"), "--origin-request-policy", "AllViewerExceptHostHeader", .. flags]);

    /// <summary>
    /// A function tells what it hears of a datagram to a network of the documents, for one hop only: the router behind the sandbox says that its time is over (ICMP 11, 0),
    /// or that it may not go there (3, 13). Nothing leaves the machine.
    /// </summary>
    private static void Egress(Site site, params string[] flags) => With(site, ["--network", "egress", "--origin-request", site.Write("f.py", """
        import select, socket, struct
        IP_TTL, IP_RECVERR, MSG_ERRQUEUE = 2, 11, 0x2000

        def lambda_handler(event, context):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sending:
                sending.setsockopt(socket.IPPROTO_IP, IP_TTL, 1)
                sending.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
                sending.connect(('203.0.113.10', 9))
                sending.send(b'hello')
                select.select([sending], [], [])
                extended = sending.recvmsg(64, 512, MSG_ERRQUEUE)[1][0][2]
                return {'status': '200', 'body': '%d %d' % struct.unpack_from('BB', extended, 5)}
        """), .. flags]);

    private static string Lambda(Site site, string file) => site.Write(file, Tells.Replace("PIDS", site.In("pids"), StringComparison.Ordinal));

    private static string Url(Site site) => $"http://127.0.0.1:{site.One.Port}";

    /// <summary>A database in which all viewers of this machine are in one country.</summary>
    private static string Database(Site site, string country)
    {
        var record = $$"""{ "country": { "iso_code": "{{country}}" } }""";
        File.WriteAllBytes(site.In("places.mmdb"), new MaxMindWriter().Add("127.0.0.0/8", record).Add("::1/128", record).ToArray());
        return site.In("places.mmdb");
    }

    private static string Hidden(Site site)
    {
        var folder = Folder(site);
        File.WriteAllText(Path.Combine(folder, ".env"), "a secret");
        return folder;
    }

    private static string Folder(Site site)
    {
        Directory.CreateDirectory(site.In("site"));
        site.Write("site/a.txt", "a file");
        return site.In("site");
    }

    private static string Script(Site site) => site.Write("told.js", """
        function handler(event) {
            const response = event.response || { statusCode: 200 };
            response.headers = { 'x-told': { value: event.context.eventType } };
            return response;
        }
        """);

    private static string Store(Site site) => site.Write("store.js", """
        import cf from 'cloudfront';
        async function handler(event) { return { statusCode: 200, headers: { 'x-told': { value: await cf.kvs().get('k') } } }; }
        """);

    private static string Region(Site site) => site.Write("region.js", """
        import cf from 'cloudfront';
        function handler(event) { return { statusCode: 200, headers: { 'x-told': { value: cf.edgeLocation.region } } }; }
        """);

    private static string Busy(Site site) => site.Write("busy.js", "function handler(event) { let n = 0; for (let i = 0; i < 5000; i++) n += i; return { statusCode: 200 }; }");

    private static void Secure(Site site)
    {
        var front = site.Keep(new TlsFront(site.One, Authority.Issue("localhost", "127.0.0.1")));
        site.Flags.AddRange(["--origin", $"https://127.0.0.1:{front.Port}"]);
    }

    private static void Certified(Site site)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=of-a-test", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        With(site, "--https-port", "0", "--certificate", site.Write("certificate.pem", certificate.ExportCertificatePem()), "--private-key", site.Write("key.pem", key.ExportPkcs8PrivateKeyPem()));
    }

    // ---------------------------------------------------------------- probes

    private static async Task<string> BodyAsync(Site site, string target)
    {
        var answer = await site.Dev.AskAsync(target);
        return $"{answer.Status} {answer.Text}";
    }

    private static async Task<string> StatusAsync(Site site) => (await site.Dev.AskAsync()).Status.ToString(CultureInfo.InvariantCulture);

    private static async Task<string> ToldAsync(Site site) => (await site.Dev.AskAsync())["x-told"] ?? "none";

    private static async Task<string> TellAsync(Site site, string what) => (await site.Dev.AskAsync($"/?tell={what}")).Text;

    private static async Task<string> SubjectAsync(Site site)
    {
        if (!site.Dev.Started.GetProperty("urls").EnumerateArray().Any(url => url.GetString()!.StartsWith("https", StringComparison.Ordinal)))
            return "none";
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, site.Dev.HttpsPort, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync("localhost");
        return tls.RemoteCertificate!.Subject;
    }

    private static string? Debugger(Site site) => site.Dev.Started.GetProperty("functions")[0].TryGetProperty("debugger", out var address) ? address.GetString() : null;

    private static bool IsStopped(Site site) => File.ReadAllText($"/proc/{File.ReadLines(site.In("pids")).First()}/stat").Contains(") T ", StringComparison.Ordinal);

    private static int FreePort()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        listener.Dispose();
        return port;
    }
}
