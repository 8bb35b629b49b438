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
    private bool _isDisposed;
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

    /// <param name="file">The executable.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="workingFolder">Where it works; null: in the repository.</param>
    /// <param name="temporaryFolder">Its TMPDIR, so that a test sees what is left there; null: the machine's.</param>
    /// <param name="environment">Variables that differ from the test's own; null takes one away.</param>
    public static ChildProcess Start(string file, IEnumerable<string> arguments, string? workingFolder = null, string? temporaryFolder = null, params ReadOnlySpan<(string Name, string? Value)> environment)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingFolder ?? Repository.Root,
        };
        // The authority for certificates is no one's but the tests'.
        start.Environment["XDG_DATA_HOME"] = Path.Combine(Repository.Root, "artifacts", "test-data");
        if (temporaryFolder is not null)
            start.Environment["TMPDIR"] = temporaryFolder;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
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

    /// <summary>Writes into its input, as if it were typed where that is a terminal.</summary>
    public void Type(string text)
    {
        _process.StandardInput.Write(text);
        _process.StandardInput.Flush();
    }

    /// <summary>Sends a signal: 2 is Ctrl-C, 15 is SIGTERM.</summary>
    public void Signal(int signal)
    {
        if (Kill(_process.Id, signal) != 0)
            throw new InvalidOperationException("the process is gone");
    }

    /// <summary>The exit code; the wait is <see cref="Patience"/> unless said otherwise.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? patience = null)
    {
        using var deadline = new CancellationTokenSource(patience ?? Patience);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>Ends it. A test that has done so in its middle may do it again at its end.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
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
