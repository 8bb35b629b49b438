using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Brink.Bench.Load;

/// <summary>A process bound to given cores and put ahead of whatever else runs, as the peers' script does it.</summary>
internal sealed class LoadedProcess : IDisposable
{
    // /proc counts CPU time in ticks of 10 ms on every Linux that .NET runs on.
    private const double TickMicroseconds = 10_000;

    private readonly Process _process;

    private LoadedProcess(Process process) => _process = process;

    /// <summary>Starts a program on the cores of a list such as <c>0</c> or <c>0,1</c>.</summary>
    public static LoadedProcess Start(string cores, string program, IEnumerable<string> arguments, bool readsOutput = false, string? workingDirectory = null)
    {
        // Own session, own scheduling group: the share of a group does not depend on how many others there are. Without the right to it, it goes as it is.
        string[] prefix = ["bash", "-c", "{ echo -20 > /proc/self/autogroup; renice -n -20 $$; } > /dev/null 2>&1; exec taskset -c \"$0\" \"$@\"", cores, program];
        var start = new ProcessStartInfo("setsid", [.. prefix, .. arguments]) { RedirectStandardOutput = readsOutput, UseShellExecute = false, WorkingDirectory = workingDirectory ?? "" };
        return new LoadedProcess(Process.Start(start)!);
    }

    /// <summary>Runs to the end and returns what it printed.</summary>
    public static async Task<string> RunAsync(string cores, string program, IEnumerable<string> arguments)
    {
        using var run = Start(cores, program, arguments, readsOutput: true);
        var output = await run._process.StandardOutput.ReadToEndAsync();
        await run._process.WaitForExitAsync();
        return run._process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} failed with exit code {run._process.ExitCode}\n{output}");
    }

    public int Id => _process.Id;

    /// <summary>CPU time of the process up to now, user and system, in microseconds.</summary>
    public double Cpu()
    {
        var stat = File.ReadAllText($"/proc/{_process.Id}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) * TickMicroseconds;
    }

    /// <summary>Waits until something listens on the port.</summary>
    public async Task ListensAsync(int port)
    {
        for (var i = 0; i < 400; i++)
        {
            if (_process.HasExited)
                throw new InvalidOperationException("the server ended before it listened");
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", port);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(25);
            }
        }
        throw new TimeoutException($"nothing listens on port {port}");
    }

    /// <summary>Lets it end by itself: what it started and wrote goes with it.</summary>
    public async Task StopAsync()
    {
        using var terminate = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("a server did not end within 10 s and was killed");
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
