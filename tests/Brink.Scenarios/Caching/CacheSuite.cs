using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Caching;

/// <summary>
/// The public suite for HTTP caches (github.com/http-tests/cache-tests), in a folder that <c>BRINK_CACHE_TESTS</c> names: its server as the
/// origin, its client as the viewer, <c>brink dev</c> in between. It is run from a copy, which has the one package of npm that it needs.
/// </summary>
internal sealed class CacheSuite : IAsyncDisposable
{
    private const string Variable = "BRINK_CACHE_TESTS";

    // All of it takes a minute, most of which it waits.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly string _folder;
    private readonly ChildProcess _server;
    private readonly BrinkDev _dev;

    private CacheSuite(string folder, ChildProcess server, BrinkDev dev) => (_folder, _server, _dev) = (folder, server, dev);

    /// <summary>Whether the folder is there; where it is not, the test is skipped.</summary>
    public static void SkipUnlessPresent() => Assert.SkipWhen(
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)),
        $"{Variable} names no folder: git clone https://github.com/http-tests/cache-tests, and {Variable}=FOLDER ./test cache-suite");

    /// <summary>Starts the suite's server, and <c>brink dev</c> before it.</summary>
    /// <param name="cachePolicy">Which headers are in the key, a file of the folder suite.</param>
    /// <param name="flags">Further flags of <c>brink dev</c>.</param>
    public static async Task<CacheSuite> StartAsync(string cachePolicy, params string[] flags)
    {
        var folder = Directory.CreateTempSubdirectory("brink-cache-suite-").FullName;
        var suite = Environment.GetEnvironmentVariable(Variable)!;
        foreach (var part in (string[])["tests", "test-engine"])
            Copy(Path.Combine(suite, part), Path.Combine(folder, part));
        var packages = await NpmPackages.InstallAsync(Repository.PathTo("tests", "tools", "cache-suite"));
        File.CreateSymbolicLink(Path.Combine(folder, "node_modules"), Path.Combine(packages, "node_modules"));

        var port = FreePort();
        var server = ChildProcess.Start(
            "node", [Path.Combine(folder, "test-engine", "server", "server.mjs")], folder, null,
            ("npm_config_protocol", "http"), ("npm_config_port", port), ("npm_config_pidfile", Path.Combine(folder, "pid")));
        server.WaitForLine(line => line.StartsWith("Listening on", StringComparison.Ordinal));
        var distribution = Path.Combine(folder, "distribution.json");
        await File.WriteAllTextAsync(distribution, Distribution(port, cachePolicy), TestContext.Current.CancellationToken);
        var resources = Repository.PathTo("tests", "Brink.Scenarios", "Caching", "suite");
        return new CacheSuite(folder, server, BrinkDev.Start(["--distribution", distribution, "--resources", resources, .. flags]));
    }

    /// <summary>Runs all tests, or those with these ids.</summary>
    public async Task<Dictionary<string, Result>> RunAsync(params IEnumerable<string> ids)
    {
        await using var client = ChildProcess.Start(
            "node", ["--no-warnings", Repository.PathTo("tests", "tools", "cache-suite", "run.mjs"), _folder, _dev.Url, .. ids], _folder);
        Assert.True(await client.WaitForExitAsync(Patience) == 0, client.ErrorText);
        return JsonSerializer.Deserialize<Dictionary<string, Result>>(client.ReadToEnd(), JsonSerializerOptions.Web)!;
    }

    public async ValueTask DisposeAsync()
    {
        await _dev.DisposeAsync();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // Min and Default TTL 0, GET and HEAD cached, every method allowed, the query in the key, no cookies, and no error kept for its own sake.
    private static string Distribution(string port, string cachePolicy)
    {
        int[] errors = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
        string[] methods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];
        return JsonSerializer.Serialize(new
        {
            CallerReference = "cache-suite",
            Comment = "the public suite for HTTP caches",
            Enabled = true,
            Origins = new
            {
                Quantity = 1,
                Items = new[]
                {
                    new
                    {
                        Id = "suite",
                        DomainName = "127.0.0.1",
                        CustomOriginConfig = new
                        {
                            HTTPPort = int.Parse(port, CultureInfo.InvariantCulture), HTTPSPort = 443, OriginProtocolPolicy = "http-only",
                        },
                    },
                },
            },
            DefaultCacheBehavior = new
            {
                TargetOriginId = "suite",
                ViewerProtocolPolicy = "allow-all",
                AllowedMethods = new
                {
                    Quantity = methods.Length, Items = methods, CachedMethods = new { Quantity = 2, Items = new[] { "GET", "HEAD" } },
                },
                CachePolicyId = cachePolicy,
                OriginRequestPolicyId = "all-but-cookies",
            },
            CustomErrorResponses = new
            {
                Quantity = errors.Length,
                Items = errors.Select(code => new { ErrorCode = code, ErrorCachingMinTTL = 0 }),
            },
        });
    }

    private static string FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        foreach (var folder in Directory.EnumerateDirectories(from))
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
    }

    /// <summary>What came of one test.</summary>
    /// <param name="Kind">required, optimal, or check, which has no right answer.</param>
    /// <param name="Problem">What went wrong; null for nothing.</param>
    public sealed record Result(string Kind, string? Problem);
}
