using System.CommandLine;
using Brink.Configuration;
using Brink.Edge.Configuration;
using Brink.Host.CommandLine;
using Brink.Host.Development;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.Lambda.Runtimes;
using Brink.Policies;
using Brink.Quotas;

namespace Brink.Host.Commands;

/// <summary>
/// <c>brink dev</c>: a distribution from flags, or one or more from DistributionConfig JSON, served at once and reloaded on every save.
/// </summary>
internal static class DevCommand
{
    public static Command Create() =>
        Create((options, cancellationToken) => RunAsync(options, Console.Out, Console.Error, TimeProvider.System, cancellationToken));

    /// <summary>The same command with another action, for tests.</summary>
    internal static Command Create(Func<DevOptions, CancellationToken, Task<int>> run)
    {
        var origin = new Option<string?>("--origin")
        {
            Description = "Where content comes from: a folder, or the URL of an HTTP server.",
            HelpName = "DIR-or-URL",
        };
        var defaultRootObject = new SwitchedOffOption("--default-root-object")
        {
            Description = "The object that / is. Default: index.html where --origin is a folder that has one; \"\" switches it off.",
            HelpName = "NAME",
        };
        var viewerRequest = Path(
            "--viewer-request",
            "A function for viewer-request events: a .js file is a CloudFront Function; a folder, .zip, .mjs, .cjs or .py is a "
            + "Lambda@Edge function.");
        var viewerResponse = Path("--viewer-response", "A function for viewer-response events, likewise.");
        var originRequest = Path(
            "--origin-request", "A Lambda@Edge function for origin-request events: a folder, .zip, .js, .mjs, .cjs or .py.");
        var originResponse = Path("--origin-response", "A Lambda@Edge function for origin-response events, likewise.");
        var lambdas = new Option<string[]>("--lambda")
        {
            Description =
                "Binds a Lambda@Edge function's name, as ARNs in --distribution files name it, to its folder, zip or file. May be "
                + "given several times.",
            HelpName = "NAME=PATH",
        };
        var runtime = new Option<string[]>("--runtime")
        {
            Description =
                "cloudfront-js-1.0 or cloudfront-js-2.0 for CloudFront Functions, nodejs22.x and so on for Lambda@Edge; for one "
                + "function by its name. "
                + "Default: cloudfront-js-2.0; by the files and the installed interpreter. May be given several times.",
            HelpName = "[NAME=]RUNTIME",
        };
        var handler = new Option<string?>("--handler")
        {
            Description = "Default: index.handler for Node.js, lambda_function.lambda_handler for Python; of a file, its own name.",
            HelpName = "NAME",
        };
        var node = new Option<string?>("--node") { Description = "The Node.js executable. Default: node on PATH.", HelpName = "EXE" };
        var python = new Option<string?>("--python")
        {
            Description = "The Python executable. Default: /usr/bin/python3, else python3 on PATH.",
            HelpName = "EXE",
        };
        var quotas = new Option<string?>("--quotas")
        {
            Description = "What Lambda@Edge functions may take: classic (default), current, or a file.",
            HelpName = "NAME-or-FILE",
        };
        var memory = new Option<string[]>("--memory")
        {
            Description =
                "Megabytes that Lambda@Edge functions may hold, or one of them by its name. Default 128; the most is in the quotas. "
                + "May be given several times.",
            HelpName = "[NAME=]MB",
        };
        var timeout = new Option<string[]>("--timeout")
        {
            Description =
                "Seconds that one invocation of Lambda@Edge functions may take, or of one of them by its name. Default: the most "
                + "that the quotas allow. May be given several times.",
            HelpName = "[NAME=]S",
        };
        var includeBody = new Option<bool>("--include-body")
        {
            Description = "Lambda@Edge functions on --viewer-request and --origin-request see the body of requests.",
        };
        var inspect = new Option<bool>("--inspect")
        {
            Description =
                "Lets a debugger attach to each Lambda@Edge function; "
                + "there is one process of each then, and no timeout while one is attached.",
        };
        var inspectBreak = new Option<bool>("--inspect-brk")
        {
            Description = "The same, and functions wait for a debugger before their code is loaded.",
        };
        var inspectPort = NumberOption.Create(
            "--inspect-port", "The port of the first function's debugger on 127.0.0.1; those of the others follow. Default 9229.", 1, 65535,
            "a port is 1 to 65535");
        var unsafeNoSandbox = new Option<bool>("--unsafe-no-sandbox")
        {
            Description = "Runs Lambda@Edge functions with all the rights of brink.",
        };
        var network = NetworkOption.Create();
        var blockNetwork = NetworkOption.CreateBlock();
        var prewarm = NumberOption.Create(
            "--prewarm", "Processes that each Lambda@Edge function has from the start. Default 1.", 1, 1000,
            "a function has 1 to 1000 processes from the start");
        var concurrency = NumberOption.Create(
            "--concurrency", "Invocations of Lambda@Edge functions at once; more are throttled. Default 1000.", 1, 1_000_000,
            "1 to 1000000 invocations run at once");
        var freeze = new Option<bool>("--freeze")
        {
            Description = "Holds processes of Lambda@Edge functions still while they have nothing to do, as at AWS.",
        };
        var cachePolicy = new Option<string?>("--cache-policy")
        {
            Description = "A managed cache policy by name, or a file with the JSON of --cache-policy-config. Default CachingOptimized.",
            HelpName = "NAME-or-FILE",
        };
        var originRequestPolicy = new Option<string?>("--origin-request-policy")
        {
            Description =
                "A managed origin request policy by name, or a file with the JSON of --origin-request-policy-config. Default none.",
            HelpName = "NAME-or-FILE",
        };
        var responseHeadersPolicy = new Option<string?>("--response-headers-policy")
        {
            Description =
                "A managed response headers policy by name, or a file with the JSON of --response-headers-policy-config. Default none.",
            HelpName = "NAME-or-FILE",
        };
        var distributions = new Option<string[]>("--distribution")
        {
            Description =
                "A file with the JSON of `aws cloudfront create-distribution --distribution-config`. May be given several times; "
                + "then Host chooses.",
            HelpName = "FILE",
        };
        var resources = new Option<string[]>("--resources")
        {
            Description =
                "A folder with what --distribution and policies name by an id: each .json file is one cache policy, origin request policy, "
                + "public key and so on, as aws cloudfront get-... prints it. May be given several times.",
            HelpName = "DIR",
        };
        var ignore = new Option<string[]>("--ignore")
        {
            Description =
                "Settings of --distribution files that are left out, although they would be refused: WebACLId, for instance. Several with "
                + "commas.",
            HelpName = "SETTING[,...]",
        };
        var functions = new Option<string[]>("--function")
        {
            Description =
                "Binds a CloudFront Function's name, as ARNs in --distribution files name it, to its code. May be given several times.",
            HelpName = "NAME=FILE",
        };
        var keyValueStore = new Option<string?>("--kvs")
        {
            Description =
                "A key value store in import-file form, associated with every function; with its id, where code asks for it by that.",
            HelpName = StoreFiles.StoreValue,
        };
        var viewerCountry = new Option<string?>("--viewer-country")
        {
            Description =
                "Where all viewers are: CloudFront-Viewer-Country, where a policy lists it, and the country of a geo restriction.",
            HelpName = "CC",
        };
        var geoDatabases = new Option<string[]>("--geo-database")
        {
            Description =
                "A MaxMind DB (.mmdb) that says where viewers are by their addresses: country, city, autonomous system. May be given "
                + "several times; then the first that has a field counts.",
            HelpName = "FILE",
        };
        var trustedProxies = new Option<string[]>("--trusted-proxies")
        {
            Description =
                "Proxies in front of Brink, networks or addresses: what they say in X-Forwarded-For is believed, and the viewer is the "
                + "right-most address there that is none of theirs. Several with commas.",
            HelpName = "CIDR[,...]",
        };
        var proxyProtocol = new Option<string[]>("--proxy-protocol")
        {
            Description =
                "Proxies, networks or addresses, whose connections begin with a header of the PROXY protocol (version 1 or 2): the viewer "
                + "is the one that it names. Several with commas.",
            HelpName = "CIDR[,...]",
        };
        var computeBudget = ComputeBudgetOption.Create();
        var httpCaching = HttpCachingOption.Create();
        var edgeLocation = new Option<string?>("--edge-location")
        {
            Description = "Where this edge stands, the code of an airport: cf.edgeLocation.name and X-Amz-Cf-Pop. Default LCL.",
            HelpName = "NAME",
        };
        var edgeRegion = new Option<string?>("--edge-region")
        {
            Description = "The region behind it: cf.edgeLocation.region. Default us-east-1.",
            HelpName = "REGION",
        };
        var originAuthorities = File(
            "--origin-ca", "Authorities, PEM, whose certificates HTTPS origins may have besides those that this machine trusts.");
        var s3 = File("--s3", "Where S3 buckets are found and which keys sign requests to them, JSON. Default: each by its own name.");
        var hiddenFiles = new Option<bool>("--hidden-files")
        {
            Description = "The folder's hidden files (.git, .env) are served too. Default: they are 404; .well-known never is.",
        };
        var logBuckets = new Option<string[]>("--log-bucket")
        {
            Description =
                "The folder that standard logs go to: what Logging of a --distribution file names as its bucket. May be given several "
                + "times.",
            HelpName = "BUCKET=DIR",
        };
        var streams = new Option<string[]>("--kinesis")
        {
            Description =
                "Where the records of a real-time log go, by the ARN of its Kinesis stream: file:PATH, tcp://HOST:PORT or "
                + "http://HOST/PATH. May be given several times.",
            HelpName = "ARN=TARGET",
        };
        var logFileAge = NumberOption.Create(
            "--log-file-age", "Seconds after which a log file is ended and the next one begins. Default 300.", 1, 86_400,
            "a file gets lines for 1 to 86400 seconds");
        var logFileSize = NumberOption.Create(
            "--log-file-size", "Megabytes at which a log file is ended. Default 64.", 1, 100_000, "a file has 1 to 100000 megabytes");
        var logKeep = NumberOption.Create(
            "--log-keep", "Days that log files are kept in folders. Default 30.", 1, LogOptions.LongestKeep,
            $"files are kept for 1 to {LogOptions.LongestKeep} days");
        var logKeepSize = NumberOption.Create(
            "--log-keep-size", "Megabytes of files that each log keeps in its folder; the oldest go first. Default 10240.", 1,
            1_000_000_000, "a log keeps 1 to 1000000000 megabytes");
        var adminPort = NumberOption.Create(
            "--admin-port",
            "The operator's port, on 127.0.0.1: /health, /ready, /drain, /metrics, and what brink invalidate and brink cache ask; 0 takes "
            + "a free one. Default: none.",
            0, 65535, "a port is 0 to 65535");
        var cacheFolder = new Option<string?>("--cache-dir")
        {
            Description = "A folder where the cache keeps objects beside memory, so that they survive a restart. Default: memory only.",
            HelpName = "DIR",
        };
        var cacheSize = SizeOption.Create(
            "--cache-size", "What --cache-dir may take. Default 50G.", EdgeServerOptions.LeastCacheSize);
        var cacheMemory = SizeOption.Create(
            "--cache-memory", "What the cache keeps in memory, all tiers together. Default 256M.", EdgeServerOptions.LeastCacheMemory);
        var tiers = NumberOption.Create(
            "--tiers", "Caches in a row: 2 for an edge location and its regional edge cache, 1 for the edge location alone. Default 2.",
            1, 2, "there are 1 or 2 caches in a row");
        var fills = NumberOption.Create(
            "--max-fills",
            "Requests for cacheable objects that one origin has at once, three fourths of one address; more wait. Default 512.", 1,
            1_000_000, "an origin has 1 to 1000000 requests at once");
        var waitingFills = NumberOption.Create(
            "--max-waiting-fills", "Requests that may wait for one origin, a fourth of them for one address; more get 503. Default 4096.",
            1, 10_000_000, "1 to 10000000 requests may wait");
        var listen = new Option<string?>("--listen") { Description = "The address to bind. Default 127.0.0.1 and ::1.", HelpName = "ADDR" };
        var httpPort = NumberOption.Create(
            "--http-port", "The port for HTTP/1.1 and HTTP/2 without TLS; 0 takes a free one.", 0, 65535, "a port is 0 to 65535",
            byDefault: 8080);
        var httpsPort = NumberOption.Create(
            "--https-port", "The port for TLS; 0 takes a free one. Default: no TLS.", 0, 65535, "a port is 0 to 65535");
        var certificate = File(
            "--certificate",
            "The certificate for --https-port, PEM, with its chain. Default: one for each name, of the local authority (brink trust).");
        var privateKey = File("--private-key", "The key of --certificate, PEM.");
        var door = new DoorOptions();
        var steps = new Option<bool>("--steps")
        {
            Description = "Each request says what the edge did: what the cache found, which origin was asked, what was stored or why not.",
        };
        var json = new Option<bool>("--json") { Description = "One JSON object a line instead of text." };

        OptionValues.WithWords(runtime, () => FunctionRuntimes.All);
        OptionValues.WithWords(quotas, () => LambdaQuotas.PresetNames);
        OptionValues.WithWords(ignore, () => IgnoredSettings.Ignorable);
        OptionValues.WithWords(cachePolicy, () => ManagedPolicies.CachePolicies.Select(policy => PolicyFiles.ShortName(policy.Name)));
        OptionValues.WithWords(
            originRequestPolicy, () => ManagedPolicies.OriginRequestPolicies.Select(policy => PolicyFiles.ShortName(policy.Name)));

        var command = new DescribedCommand("dev", "Serves a distribution with functions on this machine and reloads what changes.")
        {
            { "What is served", origin, hiddenFiles, defaultRootObject, distributions, resources, ignore, s3, originAuthorities },
            { "Functions, where --origin is given", viewerRequest, originRequest, originResponse, viewerResponse, includeBody },
            { "Functions, where --distribution is given", functions, lambdas },
            { "Policies, where --origin is given", cachePolicy, originRequestPolicy, responseHeadersPolicy },
            { "All functions", runtime },
            { "CloudFront Functions", keyValueStore, computeBudget },
            { "Lambda@Edge", handler, node, python, quotas, memory, timeout, prewarm, concurrency, freeze },
            { "Lambda@Edge: sandbox and network", network, blockNetwork, unsafeNoSandbox },
            { "Lambda@Edge: debuggers", inspect, inspectBreak, inspectPort },
            { "Viewers and this edge", geoDatabases, viewerCountry, trustedProxies, proxyProtocol, edgeLocation, edgeRegion },
            { "Logs and metrics", logBuckets, streams, logFileAge, logFileSize, logKeep, logKeepSize, adminPort },
            { "Limits at the door", door.All },
            { "The cache", cacheFolder, cacheSize, cacheMemory, tiers, fills, waitingFills, httpCaching },
            { "Ports and output", httpPort, httpsPort, certificate, privateKey, listen, steps, json },
        };
        command.Examples =
        [
            ("brink dev --origin ./site", "Serves a folder."),
            (
                "brink dev --origin http://localhost:3000 --viewer-request function.js --kvs store.json",
                "A CloudFront Function with its key value store, before an application."),
            ("brink dev --origin ./site --origin-request ./lambda", "A Lambda@Edge function between the cache and the folder."),
            (
                "brink dev --distribution distribution.json --function NAME=function.js",
                "A DistributionConfig, its functions bound to files."),
        ];
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new DevOptions
            {
                Origin = parsed.GetValue(origin),
                HiddenFiles = parsed.GetValue(hiddenFiles),
                Steps = parsed.GetValue(steps),
                DefaultRootObject = parsed.GetValue(defaultRootObject),
                ViewerRequest = parsed.GetValue(viewerRequest),
                ViewerResponse = parsed.GetValue(viewerResponse),
                OriginRequest = parsed.GetValue(originRequest),
                OriginResponse = parsed.GetValue(originResponse),
                Lambdas = [.. parsed.GetValue(lambdas) ?? []],
                Runtimes = [.. parsed.GetValue(runtime) ?? []],
                Handler = parsed.GetValue(handler),
                Node = parsed.GetValue(node),
                Python = parsed.GetValue(python),
                Quotas = parsed.GetValue(quotas),
                Memory = [.. parsed.GetValue(memory) ?? []],
                Timeout = [.. parsed.GetValue(timeout) ?? []],
                IncludeBody = parsed.GetValue(includeBody),
                Inspect = parsed.GetValue(inspect),
                InspectBreak = parsed.GetValue(inspectBreak),
                InspectPort = parsed.GetValue(inspectPort),
                UnsafeNoSandbox = parsed.GetValue(unsafeNoSandbox),
                Network = new NetworkOption.Given(parsed.GetValue(network), [.. parsed.GetValue(blockNetwork) ?? []]),
                Prewarm = parsed.GetValue(prewarm),
                Concurrency = parsed.GetValue(concurrency),
                Freeze = parsed.GetValue(freeze),
                CachePolicy = parsed.GetValue(cachePolicy),
                OriginRequestPolicy = parsed.GetValue(originRequestPolicy),
                ResponseHeadersPolicy = parsed.GetValue(responseHeadersPolicy),
                Distributions = [.. parsed.GetValue(distributions) ?? []],
                Resources = [.. parsed.GetValue(resources) ?? []],
                Ignore = [.. parsed.GetValue(ignore) ?? []],
                Functions = [.. parsed.GetValue(functions) ?? []],
                KeyValueStore = parsed.GetValue(keyValueStore),
                ViewerCountry = parsed.GetValue(viewerCountry),
                TrustedProxies = [.. parsed.GetValue(trustedProxies) ?? []],
                ProxyProtocol = [.. parsed.GetValue(proxyProtocol) ?? []],
                GeoDatabases = [.. parsed.GetValue(geoDatabases) ?? []],
                ComputeBudget = parsed.GetValue(computeBudget),
                HttpCaching = parsed.GetValue(httpCaching),
                EdgeLocation = parsed.GetValue(edgeLocation),
                EdgeRegion = parsed.GetValue(edgeRegion),
                OriginAuthorities = parsed.GetValue(originAuthorities),
                S3 = parsed.GetValue(s3),
                Logs = new LogOptions
                {
                    Buckets = [.. parsed.GetValue(logBuckets) ?? []],
                    Streams = [.. parsed.GetValue(streams) ?? []],
                    FileSeconds = parsed.GetValue(logFileAge),
                    FileMegabytes = parsed.GetValue(logFileSize),
                    KeepDays = parsed.GetValue(logKeep),
                    KeepMegabytes = parsed.GetValue(logKeepSize),
                },
                AdminPort = parsed.GetValue(adminPort),
                CacheFolder = parsed.GetValue(cacheFolder),
                CacheSize = parsed.GetValue(cacheSize),
                CacheMemory = parsed.GetValue(cacheMemory),
                FillsPerOrigin = parsed.GetValue(fills),
                WaitingFillsPerOrigin = parsed.GetValue(waitingFills),
                Tiers = parsed.GetValue(tiers),
                Listen = parsed.GetValue(listen),
                HttpPort = parsed.GetValue(httpPort)!.Value,
                HttpsPort = parsed.GetValue(httpsPort),
                Certificate = parsed.GetValue(certificate),
                PrivateKey = parsed.GetValue(privateKey),
                Json = parsed.GetValue(json),
                Door = door.Read(parsed),
            };
            return run(options, cancellationToken);
        });
        return command;
    }

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    private static Option<string?> Path(string name, string description) => new(name) { Description = description, HelpName = "PATH" };

    internal static async Task<int> RunAsync(
        DevOptions options, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken cancellationToken)
    {
        options = options with { ResourceFunctions = ResourceFunctionSearch.Find(options.Distributions, options.Resources) };
        string[] mistakes = [.. options.Mistakes(), .. QuotasFile.Mistakes(options.Quotas)];
        if (mistakes.Length > 0)
        {
            foreach (var mistake in mistakes)
                await errors.WriteLineAsync($"brink dev: {mistake}");
            await errors.WriteLineAsync("Try: brink dev --help");
            return ExitCode.WrongUsage;
        }
        if (options.UsesLambda)
        {
            await DebianPackages.InstallAsync(
                DebianPackages.MissingFor(
                    options.LambdaPaths, new Interpreters { Node = options.Node, Python = options.Python },
                    options.UnsafeNoSandbox ? null : options.Network.Network),
                "brink dev");
            var (sandbox, problem) = await FunctionSandbox.OpenAsync(options.UnsafeNoSandbox, options.Network);
            if (sandbox is null)
            {
                await errors.WriteLineAsync($"brink dev: {problem}");
                return ExitCode.Failure;
            }
            await FunctionSandbox.TellAsync(sandbox, "brink dev");
            (var log, problem) = await DataFolder.OpenLogAsync("brink dev");
            if (log is null)
            {
                await errors.WriteLineAsync($"brink dev: {problem}");
                return ExitCode.Failure;
            }
            options = options with { Sandbox = sandbox, Log = log };
        }
        if (Create(options, output, errors, time, out var failed) is not { } created)
        {
            await errors.WriteLineAsync($"brink dev: {failed}");
            return ExitCode.Failure;
        }
        await using var server = created;
        return await server.RunAsync(cancellationToken);
    }

    /// <summary>What makes certificates; null without TLS, or where the command line gives the certificate.</summary>
    private static LocalAuthority? Authority(DevOptions options, TextWriter errors, TimeProvider time)
    {
        if (options.HttpsPort is null || options.Certificate is not null)
            return null;
        try
        {
            return LocalAuthority.Open(options.AuthorityFolder ?? LocalAuthority.DefaultFolder, time);
        }
        catch (IOException exception)
        {
            errors.WriteLine($"brink dev: {exception.Message}. Certificates are signed by another authority at each start");
            return LocalAuthority.InMemory(time);
        }
    }

    /// <summary>Null, with the reason, where the folders that functions need cannot be made.</summary>
    private static DevServer? Create(DevOptions options, TextWriter output, TextWriter errors, TimeProvider time, out string? problem)
    {
        try
        {
            problem = null;
            return new DevServer(options, Authority(options, errors, time), output, errors, time);
        }
        catch (IOException failure)
        {
            problem = failure.Message;
            return null;
        }
    }
}
