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
            "/usr/bin/python3", [Repository.PathTo("samples", "with.py"), $"echo {echo}", $"files {files} samples/site", "--", "/bin/sh", "-c", "echo ready; read line"]);
        with.WaitForLine(line => line == "ready");

        using var viewer = new HttpClient();
        Assert.StartsWith($"127.0.0.1:{echo} was asked: GET /a?b\n", await viewer.GetStringAsync(new Uri($"http://127.0.0.1:{echo}/a?b"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("<h1>Home</h1>", await viewer.GetStringAsync(new Uri($"http://127.0.0.1:{files}/index.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // Another address of this machine: what listens on all of them would answer.
        Assert.False(await AnswersAsync("127.0.0.2", echo));

        with.Signal(15);
        await with.WaitForExitAsync();
        Assert.False(await AnswersAsync("127.0.0.1", echo));
        Assert.False(await AnswersAsync("127.0.0.1", files));
    }

    private static async Task<bool> AnswersAsync(string address, string port)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(address), int.Parse(port, CultureInfo.InvariantCulture), TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
    }
}
