using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Brink.Scenarios.Kit;

/// <summary>A process whose lines can be waited for. It never outlives its test.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    /// <summary>Nothing here takes longer unless it hangs; then the test fails instead of hanging too.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];
    private readonly ConcurrentQueue<string> _errors = new();

    private ChildProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                _lines.CompleteAdding();
            else
                _lines.Add(line.Data);
        };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                _errors.Enqueue(line.Data);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string ErrorText => string.Join('\n', _errors);

    public static ChildProcess Start(string file, IEnumerable<string> arguments, string? workingFolder = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingFolder ?? Repository.Root,
        };
        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start"));
    }

    /// <summary>The next line that fits; those before it are dropped. Fails with what the process said when it ends or takes too long.</summary>
    public string WaitForLine(Func<string, bool> fits)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var before = new List<string>();
        try
        {
            foreach (var line in _lines.GetConsumingEnumerable(deadline.Token))
            {
                if (fits(line))
                    return line;
                before.Add(line);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no such line in {Patience.TotalSeconds} s; there were:\n{string.Join('\n', before)}\n{ErrorText}");
        }
        _process.WaitForExit(Patience);
        throw new InvalidOperationException($"the process ended with {_process.ExitCode} before such a line; there were:\n{string.Join('\n', before)}\n{ErrorText}");
    }

    /// <summary>All lines until the process closes its output.</summary>
    public string ReadToEnd()
    {
        using var deadline = new CancellationTokenSource(Patience);
        return string.Join('\n', _lines.GetConsumingEnumerable(deadline.Token));
    }

    /// <summary>Sends a signal: 2 is Ctrl-C, 15 is SIGTERM.</summary>
    public void Signal(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
            throw new InvalidOperationException("the process is gone");
    }

    public async Task<int> WaitForExitAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await WaitForExitAsync();
        }
        _process.Dispose();
        _lines.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
