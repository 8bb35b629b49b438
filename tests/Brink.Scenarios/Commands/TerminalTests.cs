using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Commands;

/// <summary>What stands on the terminal: colours where there is one, the time of day, errors that begin with their place.</summary>
public sealed class TerminalTests : IDisposable
{
    private const string Sentence = "The CloudFront function associated with the CloudFront distribution is invalid or could not run.";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-scenario-");

    public TerminalTests()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "a.txt"), "content");
        File.WriteAllText(Path.Combine(_folder.FullName, "fails.js"), """
            function handler(event) {
                if (event.request.uri === '/host')
                    event.request.headers.host = { value: 'other.example' };
                if (event.request.uri === '/throw')
                    return event.request.headers.nope.value;
                return event.request;
            }
            """);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Check_OnATerminal_HasColours_AndElsewhereNone()
    {
        var command = $"{Repository.Executable} function check fails.js";

        Assert.Contains($"{Terminal.Escape}31merror", await Terminal.RunAsync(command, folder: _folder.FullName), StringComparison.Ordinal);
        Assert.DoesNotContain($"{Terminal.Escape}31m", await Terminal.RunAsync(command, folder: _folder.FullName, environment: ("NO_COLOR", "1")), StringComparison.Ordinal);
        Assert.DoesNotContain($"{Terminal.Escape}31m", await Terminal.RunAsync(command, folder: _folder.FullName, environment: ("TERM", "dumb")), StringComparison.Ordinal);
        await using var redirected = ChildProcess.Start(Repository.Executable, ["function", "check", "fails.js"], _folder.FullName);
        Assert.DoesNotContain("\u001b", redirected.ReadToEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("function check a.txt")]
    [InlineData("nonsense")]
    public async Task Terminal_StaysInItsMode(string arguments) =>
        Assert.DoesNotContain($"{Terminal.Escape}?1h", await Terminal.RunAsync($"{Repository.Executable} {arguments}", folder: _folder.FullName), StringComparison.Ordinal);

    [Fact]
    public async Task OutputOnAFullDisk_IsSaidOnce_AndServingGoesOn()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        listener.Stop();
        await using var brink = ChildProcess.Start("/bin/bash", ["-c", $"exec {Repository.Executable} dev --origin . --http-port {port} > /dev/full"], _folder.FullName);
        await Listeners.WaitUntilAsync(answers: true, "127.0.0.1", port);

        using var viewer = new HttpClient();
        Assert.Equal("content", await viewer.GetStringAsync(new Uri($"http://127.0.0.1:{port}/a.txt"), TestContext.Current.CancellationToken));
        Assert.Equal("content", await viewer.GetStringAsync(new Uri($"http://127.0.0.1:{port}/a.txt"), TestContext.Current.CancellationToken));
        brink.Signal(15);

        Assert.Equal(0, await brink.WaitForExitAsync());
        Assert.Matches(@"^brink dev: the output cannot be written, lines are lost: .+\nbrink dev: \d lines of output could not be written$", brink.ErrorText);
    }

    [Fact]
    public async Task Logs_OnATerminal_HaveColours_AndDoNotObeyWhatWasLogged()
    {
        var logs = Directory.CreateDirectory(Path.Combine(_folder.FullName, ".brink", "logs"));
        string[] texts = ["START RequestId: r Version: 1", "2026-01-01T00:00:00.000Z\\tr\\tERROR\\tno\\rsecond", "\\u001b[2Jcleared"];
        File.WriteAllLines(
            Path.Combine(logs.FullName, "functions.jsonl"),
            texts.Select(text => $$"""{"time":"2026-01-01T00:00:00.0000000+00:00","region":"us-east-1","group":"/aws/lambda/us-east-1.f","stream":"s","requestId":"r","text":"{{text}}"}"""));

        var shown = await Terminal.RunAsync($"{Repository.Executable} logs", folder: _folder.FullName);

        Assert.Matches(@"\x1b\[2m[^\n]*START RequestId: r", shown);
        Assert.Matches(@"\x1b\[31m[^\n]*ERROR\tno\r?\n    second", shown);
        Assert.Contains("\uFFFD[2Jcleared", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestLines_BeginWithTheTimeOfDay_InTheZoneOfTheMachine()
    {
        // A zone of five hours and 45 minutes: no other one gives these minutes.
        await using var brink = Start(("TZ", "Asia/Kathmandu"), "--origin", ".");
        var before = TimeProvider.System.GetUtcNow();

        await GetAsync(brink, "/a.txt");

        var line = brink.Process.WaitForLine(text => text.Contains("GET /a.txt", StringComparison.Ordinal));
        var shown = Regex.Match(line, @"^(\d\d:\d\d:\d\d)  GET /a\.txt  200  Miss  [\d.]+ ms$");
        Assert.True(shown.Success, line);
        var late = TimeOnly.ParseExact(shown.Groups[1].Value, "HH:mm:ss", CultureInfo.InvariantCulture) - TimeOnly.FromDateTime(before.UtcDateTime.AddMinutes((5 * 60) + 45).AddSeconds(-1));
        Assert.True(late < TimeSpan.FromMinutes(1), $"{line} is {late} after {before}");
    }

    [Fact]
    public async Task ErrorsOfRequests_BeginWithPlaceAndCause_AndEndWithAwsSentence()
    {
        await using var brink = Start(default, "--origin", ".", "--viewer-request", "fails.js");

        await GetAsync(brink, "/throw");
        Assert.Equal("    ! fails.js:5:16: TypeError: cannot get property \"value\" of undefined", brink.Process.WaitForLine(line => line.StartsWith("    ! ", StringComparison.Ordinal)));
        Assert.Equal($"    ! FunctionErrorMessage: {Sentence} TypeError: cannot get property \"value\" of undefined", brink.Process.WaitForLine(line => line.Contains(Sentence, StringComparison.Ordinal)));
        await GetAsync(brink, "/host");
        Assert.Equal("    ! request.headers.host is a read-only header.", brink.Process.WaitForLine(line => line.StartsWith("    ! ", StringComparison.Ordinal)));
        Assert.StartsWith("    ! write instead: ", brink.Process.WaitForLine(_ => true), StringComparison.Ordinal);
        Assert.Equal("    ! FunctionErrorMessage: The CloudFront function returned an invalid value: request.headers.host is a read-only header.", brink.Process.WaitForLine(_ => true));
    }

    [Fact]
    public async Task FunctionDoesNotCompile_PlaceAndCauseFirst_AwsSentenceOnce()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "broken.js"), "function handler(event) {\n    var uri = event.request?.uri;\n    return event.request;\n}\n");
        await using var brink = ChildProcess.Start(Repository.Executable, ["dev", "--origin", ".", "--viewer-request", "broken.js"], _folder.FullName);

        Assert.Equal(1, await brink.WaitForExitAsync());

        var lines = brink.ErrorText.Split('\n');
        Assert.StartsWith("broken.js:2:28: SyntaxError: ", lines[0], StringComparison.Ordinal);
        Assert.Equal(lines.Length - 1, Array.FindIndex(lines, line => line.Contains(Sentence, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("--http-port")]
    [InlineData("--https-port")]
    public async Task PortInUse_NamesTheFlag(string flag)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        await using var brink = ChildProcess.Start(
            Repository.Executable, ["dev", "--origin", ".", flag, port, .. flag == "--https-port" ? ["--http-port", "0"] : Array.Empty<string>()], _folder.FullName);

        Assert.Equal(1, await brink.WaitForExitAsync());
        Assert.Equal($"brink dev: Port {port} on 127.0.0.1 is already in use by another program: choose another with {flag}, where 0 takes a free one", brink.ErrorText);
    }

    [Fact]
    public async Task LocalAuthority_IsMentioned()
    {
        await using var brink = Start(default, "--origin", ".", "--https-port", "0");

        var line = brink.Process.WaitForLine(line => line.StartsWith("  certificates ", StringComparison.Ordinal));
        Assert.Contains("of the local authority: curl --cacert ", line, StringComparison.Ordinal);
        Assert.EndsWith("authority.pem, or see brink trust", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sandbox_OneShortLine()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "f.mjs"), "export const handler = async (event) => event.Records[0].cf.request;");
        await using var brink = Start(default, "--origin", ".", "--origin-request", "f.mjs");

        var lines = brink.Process.ErrorText.Split('\n');
        Assert.Equal("brink dev: Lambda@Edge functions run in a sandbox, on this machine's network", lines[0]);
        // Further lines only for what this machine does not give.
        Assert.All(lines.Skip(1), line => Assert.StartsWith("brink dev: warning: ", line, StringComparison.Ordinal));
    }

    private static async Task GetAsync(Running brink, string target)
    {
        using var viewer = new HttpClient();
        using var reply = await viewer.GetAsync(new Uri(brink.Url + target), TestContext.Current.CancellationToken);
    }

    private Running Start((string Name, string? Value) variable, params string[] arguments)
    {
        var process = ChildProcess.Start(Repository.Executable, ["dev", "--http-port", "0", .. arguments], _folder.FullName, null, variable.Name is null ? [] : [variable]);
        return new Running(process, Regex.Match(process.WaitForLine(line => line.StartsWith("Brink is serving", StringComparison.Ordinal)), @"http://127\.0\.0\.1:\d+").Value);
    }

    private sealed record Running(ChildProcess Process, string Url) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Process.DisposeAsync();
    }
}
