using System.CommandLine;
using System.Net;
using Brink.Host.Development;

namespace Brink.Host.Commands;

/// <summary><c>brink dev</c>: a distribution from flags, or one or more from DistributionConfig JSON, served at once and reloaded on every save.</summary>
internal static class DevCommand
{
    public static Command Create() => Create((options, cancellationToken) => RunAsync(options, Console.Out, Console.Error, TimeProvider.System, cancellationToken));

    /// <summary>The same command, with something else to do once its line is read.</summary>
    internal static Command Create(Func<DevOptions, CancellationToken, Task<int>> run)
    {
        var origin = new Option<string?>("--origin") { Description = "Where content comes from: a folder, or the URL of an HTTP server.", HelpName = "DIR-or-URL" };
        var viewerRequest = File("--viewer-request", "A function for viewer-request events: a .js file of tier 1; a folder, .zip, .mjs, .cjs or .py of tier 2.");
        var viewerResponse = File("--viewer-response", "A function for viewer-response events, likewise.");
        var originRequest = File("--origin-request", "A function of tier 2 for origin-request events: a folder, .zip, .js, .mjs, .cjs or .py.");
        var originResponse = File("--origin-response", "A function of tier 2 for origin-response events, likewise.");
        var lambdas = new Option<string[]>("--lambda")
        {
            Description = "Binds a Lambda function's name, as ARNs in --distribution files name it, to its folder, zip or file. May be given several times.",
            HelpName = "NAME=PATH",
        };
        var runtime = new Option<string?>("--runtime") { Description = "The runtime of tier 2, nodejs22.x say. Default: by the files and the installed interpreter.", HelpName = "NAME" };
        var handler = new Option<string?>("--handler") { Description = "Default: index.handler for Node.js, lambda_function.lambda_handler for Python; of a file, its own name.", HelpName = "NAME" };
        var node = new Option<string?>("--node") { Description = "The Node.js executable. Default: node on PATH.", HelpName = "EXE" };
        var python = new Option<string?>("--python") { Description = "The Python executable. Default: /usr/bin/python3, else python3 on PATH.", HelpName = "EXE" };
        var quotas = new Option<string?>("--quotas") { Description = "What tier 2 may take: classic (default), current, or a file.", HelpName = "NAME-or-FILE" };
        var memory = new Option<string[]>("--memory")
        {
            Description = "Megabytes that functions of tier 2 may hold, or one of them by its name. Default 128; the most is in the quotas. May be given several times.",
            HelpName = "[NAME=]MB",
        };
        var timeout = new Option<string[]>("--timeout")
        {
            Description = "Seconds that one invocation of functions of tier 2 may take, or of one of them by its name. Default: the most that the quotas allow. May be given several times.",
            HelpName = "[NAME=]S",
        };
        var includeBody = new Option<bool>("--include-body") { Description = "Functions of tier 2 on --viewer-request and --origin-request see the body of requests." };
        var inspect = new Option<bool>("--inspect") { Description = "Lets a debugger attach to each function of tier 2; there is one process of each then, and no timeout while one is attached." };
        var inspectBreak = new Option<bool>("--inspect-brk") { Description = "The same, and functions wait for a debugger before their code is loaded." };
        var inspectPort = NumberOption.Create("--inspect-port", "The port of the first function's debugger on 127.0.0.1; those of the others follow. Default 9229.", 1, 65535, "a port is 1 to 65535");
        var unsafeNoSandbox = new Option<bool>("--unsafe-no-sandbox") { Description = "Runs functions of tier 2 with all the rights of brink." };
        var network = NetworkOption.Create();
        var blockNetwork = NetworkOption.CreateBlock();
        var prewarm = NumberOption.Create("--prewarm", "Processes that each function of tier 2 has from the start. Default 1.", 1, 1000, "a function has 1 to 1000 processes from the start");
        var concurrency = NumberOption.Create("--concurrency", "Invocations of tier 2 at once; more are throttled. Default 1000.", 1, 1_000_000, "1 to 1000000 invocations run at once");
        var freeze = new Option<bool>("--freeze") { Description = "Holds processes of tier 2 still while they have nothing to do, as at AWS." };
        var cachePolicy = new Option<string?>("--cache-policy")
        {
            Description = "A managed cache policy by name, or a file with the JSON of --cache-policy-config. Default CachingOptimized.",
            HelpName = "NAME-or-FILE",
        };
        var originRequestPolicy = new Option<string?>("--origin-request-policy")
        {
            Description = "A managed origin request policy by name, or a file with the JSON of --origin-request-policy-config. Default none.",
            HelpName = "NAME-or-FILE",
        };
        var distributions = new Option<string[]>("--distribution")
        {
            Description = "A file with the JSON of `aws cloudfront create-distribution --distribution-config`. May be given several times; then Host chooses.",
            HelpName = "FILE",
        };
        var functions = new Option<string[]>("--function")
        {
            Description = "Binds a function's name, as ARNs in --distribution files name it, to its code. May be given several times.",
            HelpName = "NAME=FILE",
        };
        var keyValueStore = File("--kvs", "A key value store in import-file form, associated with every function.");
        var viewerCountry = new Option<string?>("--viewer-country")
        {
            Description = "The value of CloudFront-Viewer-Country, where a policy lists that header.",
            HelpName = "CC",
        };
        var computeBudget = new Option<string?>("--compute-budget") { Description = ComputeBudgetOption.Description, HelpName = ComputeBudgetOption.HelpName };
        var edgeLocation = new Option<string?>("--edge-location")
        {
            Description = "Where this edge stands, the code of an airport: cf.edgeLocation.name and X-Amz-Cf-Pop. Default LCL.",
            HelpName = "NAME",
        };
        var edgeRegion = new Option<string?>("--edge-region") { Description = "The region behind it: cf.edgeLocation.region. Default us-east-1.", HelpName = "REGION" };
        var originAuthorities = File("--origin-ca", "Authorities, PEM, whose certificates HTTPS origins may have besides those that this machine trusts.");
        var s3 = File("--s3", "Where S3 buckets are found and which keys sign requests to them, JSON. Default: each by its own name.");
        var listen = new Option<string?>("--listen") { Description = "The address to bind. Default 127.0.0.1 and ::1.", HelpName = "ADDR" };
        var httpPort = NumberOption.Create("--http-port", "The port for HTTP/1.1 and HTTP/2 without TLS; 0 takes a free one.", 0, 65535, "a port is 0 to 65535", byDefault: 8080);
        var httpsPort = NumberOption.Create("--https-port", "The port for TLS; 0 takes a free one. Default: no TLS.", 0, 65535, "a port is 0 to 65535");
        var certificate = File("--certificate", "The certificate for --https-port, PEM, with its chain. Default: a self-signed one for localhost.");
        var privateKey = File("--private-key", "The key of --certificate, PEM.");
        var json = new Option<bool>("--json") { Description = "One JSON object a line instead of text." };

        var command = new Command("dev", "Serves a distribution with functions on this machine and reloads what changes.")
        {
            origin, viewerRequest, originRequest, originResponse, viewerResponse, distributions, functions,
            lambdas, runtime, handler, node, python, quotas, memory, timeout, includeBody, prewarm, concurrency, freeze, inspect, inspectBreak, inspectPort, unsafeNoSandbox, network, blockNetwork,
            cachePolicy, originRequestPolicy, keyValueStore, viewerCountry, computeBudget, edgeLocation, edgeRegion,
            originAuthorities, s3,
            listen, httpPort, httpsPort, certificate, privateKey, json,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new DevOptions
            {
                Origin = parsed.GetValue(origin),
                ViewerRequest = parsed.GetValue(viewerRequest),
                ViewerResponse = parsed.GetValue(viewerResponse),
                OriginRequest = parsed.GetValue(originRequest),
                OriginResponse = parsed.GetValue(originResponse),
                Lambdas = [.. parsed.GetValue(lambdas) ?? []],
                Runtime = parsed.GetValue(runtime),
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
                Distributions = [.. parsed.GetValue(distributions) ?? []],
                Functions = [.. parsed.GetValue(functions) ?? []],
                KeyValueStore = parsed.GetValue(keyValueStore),
                ViewerCountry = parsed.GetValue(viewerCountry),
                ComputeBudget = parsed.GetValue(computeBudget),
                EdgeLocation = parsed.GetValue(edgeLocation),
                EdgeRegion = parsed.GetValue(edgeRegion),
                OriginAuthorities = parsed.GetValue(originAuthorities),
                S3 = parsed.GetValue(s3),
                Listen = parsed.GetValue(listen),
                HttpPort = parsed.GetValue(httpPort)!.Value,
                HttpsPort = parsed.GetValue(httpsPort),
                Certificate = parsed.GetValue(certificate),
                PrivateKey = parsed.GetValue(privateKey),
                Json = parsed.GetValue(json),
            };
            return run(options, cancellationToken);
        });
        return command;
    }

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "FILE" };

    internal static async Task<int> RunAsync(DevOptions options, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken cancellationToken)
    {
        var mistakes = options.Mistakes();
        if (mistakes.Count > 0)
        {
            foreach (var mistake in mistakes)
                await errors.WriteLineAsync($"brink dev: {mistake}");
            await errors.WriteLineAsync("Try: brink dev --help");
            return Program.ExitCode.WrongUsage;
        }
        if (options.UsesLambda)
        {
            var (sandbox, problem) = await FunctionSandbox.OpenAsync(options.UnsafeNoSandbox, options.Network);
            if (sandbox is null)
            {
                await errors.WriteLineAsync($"brink dev: {problem}");
                return Program.ExitCode.Failure;
            }
            await errors.WriteLineAsync($"brink dev: {sandbox.Description}");
            options = options with { Sandbox = sandbox };
        }
        await using var server = new DevServer(options, output, errors, time);
        return await server.RunAsync(cancellationToken);
    }
}
