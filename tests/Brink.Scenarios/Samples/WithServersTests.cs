using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Brink.Scenarios.Kit;

namespace Brink.Scenarios.Samples;

/// <summary><c>samples/with.py</c>: servers beside a command, on this machine only, and no longer than it.</summary>
public sealed class WithServersTests
{
    [Fact]
    public async Task ServersListenOnLoopback_AndEndWithTheCommand()
    {
        var (echo, files) = (FreePort(), FreePort());
        await using var with = ChildProcess.Start(
            "/usr/bin/python3", [With, $"echo {echo}", $"files {files} samples/site", "--", "/bin/sh", "-c", "echo ready; read line"]);
        with.WaitForLine(line => line == "ready");

        using var viewer = new HttpClient();
        Assert.StartsWith($"127.0.0.1:{echo} was asked: GET /a?b\n", await viewer.GetStringAsync(new Uri($"http://127.0.0.1:{echo}/a?b"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("<h1>Home</h1>", await viewer.GetStringAsync(new Uri($"http://127.0.0.1:{files}/index.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // Another address of this machine: what listens on all of them would answer.
        Assert.False(await Listeners.AnswersAsync("127.0.0.2", echo));

        with.Signal(15);
        Assert.Equal(128 + 15, await with.WaitForExitAsync());
        Assert.False(await Listeners.AnswersAsync("127.0.0.1", echo));
        Assert.False(await Listeners.AnswersAsync("127.0.0.1", files));
    }

    /// <summary>Whatever ends it: when it is gone, nothing listens, not even what does not listen to signals.</summary>
    [Theory]
    [InlineData("the command ends")]
    [InlineData("Ctrl-C")]
    [InlineData("SIGINT")]
    [InlineData("SIGTERM")]
    [InlineData("SIGHUP")]
    public async Task ServersOfTheirOwnProcess_AreGone_WhenItIs(string end)
    {
        var (polite, stubborn) = (FreePort(), FreePort());
        string[] arguments = [With, Listening(polite), Listening(stubborn, "signal.signal(signal.SIGTERM, signal.SIG_IGN)"), "--", "/bin/sh", "-c", "echo the command; read line"];
        await using var with = end == "Ctrl-C"
            ? ChildProcess.Start("script", ["-qec", string.Join(' ', arguments.Prepend("python3").Select(Quoted)), "/dev/null"])
            : ChildProcess.Start("/usr/bin/python3", arguments);
        with.WaitForLine(line => line.TrimEnd('\r') == "the command");
        Assert.True(await Listeners.AnswersAsync("127.0.0.1", polite) && await Listeners.AnswersAsync("127.0.0.1", stubborn));

        switch (end)
        {
            case "the command ends": with.Type("\n"); break;
            case "Ctrl-C": with.Type("\u0003"); break;
            default: with.Signal(end switch { "SIGINT" => 2, "SIGTERM" => 15, _ => 1 }); break;
        }
        await with.WaitForExitAsync();

        Assert.False(await Listeners.AnswersAsync("127.0.0.1", polite));
        Assert.False(await Listeners.AnswersAsync("127.0.0.1", stubborn));
    }

    [Fact]
    public async Task ItIsKilled_ServersAndCommandEnd()
    {
        var (server, command) = (FreePort(), FreePort());
        await using var with = ChildProcess.Start("/usr/bin/python3", [With, Listening(server), "--", "/usr/bin/python3", "-c", Script(command, "")]);
        with.WaitForLine(line => line == "ready");

        with.Signal(9);
        await with.WaitForExitAsync();

        await Listeners.WaitUntilAsync(answers: false, "127.0.0.1", server);
        await Listeners.WaitUntilAsync(answers: false, "127.0.0.1", command);
    }

    [Fact]
    public async Task EndedBeforeAServerIsReady_ServersAreGone()
    {
        var (ready, never) = (FreePort(), FreePort());
        await using var with = ChildProcess.Start("/usr/bin/python3", [With, Listening(ready), $"/usr/bin/python3 -c {Quoted(Script(never, "", says: ""))}", "--", "/bin/true"]);
        await Listeners.WaitUntilAsync(answers: true, "127.0.0.1", never);

        with.Signal(15);
        await with.WaitForExitAsync();

        Assert.False(await Listeners.AnswersAsync("127.0.0.1", ready));
        Assert.False(await Listeners.AnswersAsync("127.0.0.1", never));
    }

    [Theory]
    [InlineData("files 0 nowhere", "nowhere: no such folder")]
    [InlineData("npm nowhere", "nowhere/package-lock.json")]
    [InlineData("echo", "echo: no such server")]
    [InlineData("python3 -c pass", "python3 -c pass: ended with 0 before it was ready")]
    [InlineData("/nowhere/program", "/nowhere/program")]
    public async Task ServerThatCannotStart_IsSaidInALine_AndTheCommandDoesNotRun(string server, string says)
    {
        await using var with = ChildProcess.Start("/usr/bin/python3", [With, server, "--", "/bin/echo", "the command"]);

        Assert.Equal("", with.ReadToEnd());
        Assert.Equal(1, await with.WaitForExitAsync());
        Assert.Contains(says, with.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("Traceback", with.ErrorText, StringComparison.Ordinal);
    }

    private static string With => Repository.PathTo("samples", "with.py");

    /// <summary>A server in a process of its own.</summary>
    private static string Listening(string port, string before = "") => $"/usr/bin/python3 -c {Quoted(Script(port, before))}";

    private static string Script(string port, string before, string says = "ready") =>
        $"import signal, socket; {before}; s = socket.create_server(('127.0.0.1', {port})); print({(says.Length > 0 ? $"'{says}', flush=True" : "end=''")}); [s.accept() for _ in iter(int, 1)]"
            .Replace("; ;", ";", StringComparison.Ordinal);

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
    }
}
