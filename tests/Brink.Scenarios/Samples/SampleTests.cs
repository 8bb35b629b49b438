using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples;

/// <summary>Every sample, both ways: through <c>brink function test</c>, and over HTTP against a running edge with a real origin process.</summary>
public sealed partial class SampleTests : IDisposable
{
    /// <summary>No sample comes near the budget: who copies one has room for what is their own.</summary>
    private const int MostComputeUtilization = 79;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string, string, string> Events() =>
        [.. from sample in Sample.All from name in sample.Events from runtime in sample.Runtimes select (sample.Name, name, runtime)];

    public static TheoryData<string> Names() => [.. Sample.All.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Events))]
    public async Task FunctionTest_OfAnEvent_GivesTheExpectedOutput(string name, string eventName, string runtime)
    {
        var sample = new Sample(name);
        List<string> arguments = ["function", "test", sample.FunctionFor(eventName), "--event", sample.File($"events/{eventName}.json"),
            "--expect", sample.File($"events/{eventName}.expected.json"), "--runtime", runtime];
        if (await sample.WriteKeyValueStoreAsync(_folder.FullName) is { } store)
            arguments.AddRange(["--kvs", store]);

        await using var process = ChildProcess.Start(Repository.Executable, arguments);
        var output = process.ReadToEnd();

        Assert.Equal((0, ""), (await process.WaitForExitAsync(), process.ErrorText));
        var result = JsonNode.Parse(output)!["TestResult"]!;
        Assert.Equal("", (string?)result["FunctionErrorMessage"]);
        var utilization = int.Parse((string)result["ComputeUtilization"]!, CultureInfo.InvariantCulture);
        Assert.True(utilization is >= 0 and <= MostComputeUtilization, $"ComputeUtilization is {utilization}, {MostComputeUtilization} at most is allowed");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task OverHttp_EveryRequest_GetsTheExpectedResponse(string name)
    {
        var sample = new Sample(name);
        var store = await sample.WriteKeyValueStoreAsync(_folder.FullName);
        var origins = sample.Origins.ToDictionary(id => id, _ => EchoOrigin.Start(), StringComparer.Ordinal);
        var country = sample.ViewerCountry;
        var brink = Start();
        var jars = new Dictionary<string, CookieJar>(StringComparer.Ordinal);
        var rows = 0;
        try
        {
            foreach (var exchange in sample.Exchanges)
            {
                rows++;
                if (exchange.ViewerCountry is { } next && next != country)
                {
                    country = next;
                    await brink.DisposeAsync();
                    brink = Start();
                }
                if (exchange.KeyValueStore is { } file)
                {
                    File.Copy(sample.File(file), store!, overwrite: true);
                    brink.WaitFor("reloaded");
                }
                var jar = exchange.Viewer is { } viewer ? jars.TryGetValue(viewer, out var known) ? known : jars[viewer] = new CookieJar() : null;
                for (var i = 0; i < exchange.Times; i++)
                    await CheckAsync(exchange, brink, origins, jar);
            }
        }
        finally
        {
            await brink.DisposeAsync();
            foreach (var origin in origins.Values)
                await origin.DisposeAsync();
        }
        Assert.True(rows > 0, "http.json has no rows");

        BrinkDev Start() => BrinkDev.Start([.. sample.DevFlags(origins.ToDictionary(pair => pair.Key, pair => new Uri(pair.Value.Url)), _folder.FullName, store, country)]);
    }

    /// <summary>The commands as a reader copies them: before, the one that serves, and the requests, each of which shows what stands behind it. Ports are free ones.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Readme_ItsCommands_ShowWhatTheySay(string name)
    {
        var ports = new FreePorts(_folder.FullName);
        var commands = Commands(File.ReadAllText(new Sample(name).File("README.md"))).ToList();
        Assert.DoesNotContain(commands, command => command.Contains("0.0.0.0", StringComparison.Ordinal));
        var dev = Assert.Single(commands, command => command.Contains("./brink dev ", StringComparison.Ordinal));
        foreach (var command in commands.TakeWhile(command => command != dev))
        {
            await using var before = ChildProcess.Start("/bin/bash", ["-c", command]);
            Assert.True(await before.WaitForExitAsync() == 0, $"{command}\n{before.ErrorText}");
        }

        await using var serving = ChildProcess.Start("/bin/bash", ["-c", $"exec {ports.Instead(dev)} --http-port 0"]);
        var url = Url().Match(serving.WaitForLine(line => line.StartsWith("Brink is serving", StringComparison.Ordinal)));
        var variables = "";
        var shown = 0;
        foreach (var command in commands.SkipWhile(command => command != dev).Skip(1))
        {
            if (!command.StartsWith("curl ", StringComparison.Ordinal))
            {
                variables += command + "\n";                                   // what a later line uses
                continue;
            }
            await using var curl = ChildProcess.Start("/bin/bash", ["-c", variables + command.Replace(":8080", $":{url.Groups[1].Value}", StringComparison.Ordinal)]);
            var output = curl.ReadToEnd();
            var (status, text) = Effect(command);
            Assert.True(output.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal) && output.Contains(ports.Instead(text), StringComparison.Ordinal), $"{command}\n{output}\n{curl.ErrorText}");
            shown++;
        }
        Assert.True(shown > 0, "no request shows what the sample does");
    }

    /// <summary>What stands behind a request: <c># STATUS TEXT; a note</c>. The text is part of the answer.</summary>
    private static (string Status, string Text) Effect(string command)
    {
        var effect = DocumentRun.Effect().Match(command);
        Assert.True(effect.Success, $"{command}: nothing says what it shows, # STATUS TEXT; NOTE");
        return (effect.Groups[1].Value, effect.Groups[2].Value);
    }

    /// <summary>The indented lines of a README that are commands, with what goes on after a backslash.</summary>
    private static IEnumerable<string> Commands(string readme) => Commands(readme, "./brink ", "python3 ", "node ", "npm ", "curl ", "signed=", "mac=");

    [GeneratedRegex(@"http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Url();

    private static async Task CheckAsync(Exchange exchange, BrinkDev brink, Dictionary<string, EchoOrigin> origins, CookieJar? jar)
    {
        var headers = exchange.RequestHeaders.ToList();
        if (jar?.Header is { Length: > 0 } cookies)
            headers.Add(("Cookie", cookies));
        using var reply = await brink.SendAsync(brink.ViewerFrom(exchange.From), exchange.Method, exchange.Target, [.. headers]);
        jar?.Keep(reply);

        Assert.True(exchange.Status == (int)reply.StatusCode, $"{exchange}: status {(int)reply.StatusCode}");
        foreach (var (header, value) in exchange.ResponseHeaders)
            Assert.True(value == reply.Header(header), $"{exchange}: {header} should be {value ?? "absent"} but is {reply.Header(header) ?? "absent"}");
        foreach (var (header, pattern) in exchange.ResponsePatterns)
            Assert.True(Regex.IsMatch(reply.Header(header) ?? "", pattern), $"{exchange}: {header} should fit {pattern} but is {reply.Header(header) ?? "absent"}");
        CheckRuns(exchange, brink.WaitFor("request"));
        await CheckOriginsAsync(exchange, origins, reply.Header("X-Cache"));
    }

    private static void CheckRuns(Exchange exchange, JsonElement line)
    {
        var logs = new List<string>();
        foreach (var trigger in new[] { "viewerRequest", "viewerResponse" })
        {
            if (!line.TryGetProperty(trigger, out var run))
                continue;
            Assert.False(run.TryGetProperty("error", out var error), $"{exchange}: {error}");
            var utilization = run.GetProperty("computeUtilization").GetInt32();
            Assert.True(utilization <= MostComputeUtilization, $"{exchange}: {trigger} used {utilization} %, {MostComputeUtilization} at most is allowed");
            logs.AddRange(run.GetProperty("logs").EnumerateArray().Select(text => text.GetString()!));
        }
        if (exchange.Logs is { } expected)
            Assert.Equal(expected, logs);
    }

    private static async Task CheckOriginsAsync(Exchange exchange, Dictionary<string, EchoOrigin> origins, string? xCache)
    {
        var asked = exchange.OriginId ?? origins.Keys.First();
        foreach (var (id, origin) in origins)
        {
            if (id == asked)
                await CheckOriginAsync(exchange, origin, xCache);
            else
                Assert.True((await origin.SeenAsync()).Length == 0, $"{exchange}: the origin {id} was asked as well");
        }
    }

    private static async Task CheckOriginAsync(Exchange exchange, EchoOrigin origin, string? xCache)
    {
        var seen = await origin.SeenAsync();
        if (exchange.Asked is { } asked)
        {
            Assert.Equal(asked, seen.Select(each => $"{each.Method} {each.Target}"));
            return;
        }
        if (exchange.OriginTarget is not { } target)
        {
            if (xCache is "Hit from cloudfront" or "FunctionGeneratedResponse from cloudfront")
                Assert.True(seen.Length == 0, $"{exchange}: the origin was asked for {string.Join(", ", seen.Select(s => s.Target))}");
            return;
        }
        var request = Assert.Single(seen);
        Assert.Equal(target, request.Target);
        foreach (var (header, value) in exchange.OriginHeaders)
        {
            var actual = request.Headers.FirstOrDefault(pair => pair.Key.Equals(header, StringComparison.OrdinalIgnoreCase)).Value;
            Assert.True(value == actual, $"{exchange}: the origin saw {header}: {actual ?? "nothing"} instead of {value ?? "nothing"}");
        }
    }

    /// <summary>The indented lines of a README that begin like one of these, with what goes on after a backslash.</summary>
    internal static IEnumerable<string> Commands(string readme, params string[] beginnings) =>
        readme.Replace("\\\n", "", StringComparison.Ordinal).Split('\n')
            .Where(line => line.StartsWith("    ", StringComparison.Ordinal)).Select(line => line.Trim())
            .Where(line => beginnings.Any(beginning => line.StartsWith(beginning, StringComparison.Ordinal)));
}
