using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Brink.Scenarios.Kit;

/// <summary>What listens on this machine.</summary>
internal static class Listeners
{
    /// <summary>Whether a connection to that port is taken.</summary>
    public static async Task<bool> AnswersAsync(string address, string port)
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

    /// <summary>Comes back when a connection is taken, or when none is any more.</summary>
    public static async Task WaitUntilAsync(bool answers, string address, string port)
    {
        using var deadline = new CancellationTokenSource(ChildProcess.Patience);
        while (await AnswersAsync(address, port) != answers)
            Assert.False(deadline.IsCancellationRequested, $"{address}:{port} {(answers ? "does not listen" : "still listens")} after {ChildProcess.Patience.TotalSeconds} s");
    }
}
