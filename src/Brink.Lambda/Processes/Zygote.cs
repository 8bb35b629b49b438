namespace Brink.Lambda.Processes;

/// <summary>
/// The parent of the Python processes of one function version in one region: made with the first of them, made again should it die, gone
/// when the version is retired. What it has forked does not need it any more.
/// </summary>
/// <param name="socketsFolder">Beneath it are the sockets of the Runtime API of all its children.</param>
/// <param name="script">The name of the file that it runs, which is among the mounts of its children.</param>
public sealed class Zygote(string socketsFolder, string script) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private ZygoteProcess? _process;
    private string? _problem;
    private bool _isImpossible;
    private bool _retired;

    internal string SocketsFolder => socketsFolder;

    internal string Script => script;

    /// <summary>Its id on this machine, while it lives.</summary>
    internal int? Pid => _process is { HasEnded: false } process ? process.Pid : null;

    /// <summary>Why processes are started one by one instead. Returned once, then null.</summary>
    public string? TakeProblem() => Interlocked.Exchange(ref _problem, null);

    /// <summary>
    /// The version is retired, or Brink ends. Its environments go on; a process that one of them still needs is started without a zygote.
    /// Complete when it is gone.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _retired = true;
        if (_process is { } process)
            await process.EndAsync();
    }

    /// <summary>It could not fork.</summary>
    internal void Failed(string problem) => _problem = problem;

    /// <summary>The living process; null when there is none and none can be made.</summary>
    internal async Task<ZygoteProcess?> GetAsync(Func<Task<ZygoteProcess>> make)
    {
        if (_process is { HasEnded: false } living)
            return _retired ? null : living;
        await _gate.WaitAsync();
        try
        {
            if (_retired || _isImpossible)
                return null;
            if (_process is not { HasEnded: false })
                _process = await make();
            if (_retired)
                await _process.EndAsync();
            return _retired ? null : _process;
        }
        catch (ProcessStartException failure)
        {
            // What this machine does not allow, it will not allow the next time either.
            (_problem, _isImpossible) = (failure.Message, true);
            return null;
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>A zygote that runs.</summary>
internal sealed class ZygoteProcess(ISandboxedProcess process, int control)
{
    private readonly Lock _gate = new();
    private bool _closed;

    public int Pid => process.Pid;

    public bool HasEnded => _closed || process.Exit.IsCompleted;

    /// <summary>Orders a function. False: it is gone.</summary>
    public bool Fork(ReadOnlySpan<byte> order, ReadOnlySpan<int> descriptors)
    {
        lock (_gate)
            return !_closed && Libc.Send(control, order, descriptors);
    }

    public async Task EndAsync()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _closed = true;
                Libc.Close(control);
                process.Kill();
            }
        }
        await process.Exit;
    }
}
