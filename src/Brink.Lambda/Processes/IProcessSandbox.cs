namespace Brink.Lambda.Processes;

/// <summary>
/// Starts the process of an execution environment, and decides what it sees of the machine. Everything it starts dies with Brink,
/// with all of its children that are still in its process group or namespace.
/// </summary>
public interface IProcessSandbox
{
    /// <summary>Everything that it isolates, and how: a long line for the operator.</summary>
    string Description { get; }

    /// <summary>The same in a short line.</summary>
    string Summary => Description;

    /// <summary>What this machine does not give, a sentence each; empty where nothing is missing.</summary>
    IReadOnlyList<string> Weaknesses => [];

    /// <summary>
    /// True: the process reaches this machine's loopback, so the Runtime API listens there on a port of its own. False: the sandbox carries
    /// <see cref="RuntimeApiPort"/> of the process's own loopback to <see cref="ProcessStart.RuntimeApiSocket"/>.
    /// </summary>
    bool SharesLoopback { get; }

    /// <summary>The port of the Runtime API on a loopback of the process's own.</summary>
    const int RuntimeApiPort = 9001;

    /// <summary>The path by which the process will know a mount: its target, or its source where nothing is mounted.</summary>
    string PathInside(SandboxMount mount);

    /// <summary>Starts a process. Its output goes to <see cref="ProcessStart.Output"/> until it has ended.</summary>
    /// <exception cref="ProcessStartException">It could not be started; the message is for the operator.</exception>
    Task<ISandboxedProcess> StartAsync(ProcessStart start);
}

/// <summary>A process under way.</summary>
public interface ISandboxedProcess
{
    /// <summary>Its id on this machine.</summary>
    int Pid { get; }

    /// <summary>Completes when it has ended and its output has been read.</summary>
    Task<ProcessExit> Exit { get; }

    /// <summary>Hands what the process has written so far to the output, on the caller's thread.</summary>
    void DrainOutput();

    /// <summary>
    /// The most memory it and its children held so far, in bytes. Cheap enough for every invocation; may be a tenth of a second old.
    /// </summary>
    long PeakMemory { get; }

    /// <summary>
    /// Its main thread waits for something other than a core. A look costs some ten microseconds. False where that cannot be seen.
    /// </summary>
    bool IsAsleep => false;

    /// <summary>Work begins: loading the code, or an invocation.</summary>
    void Resume();

    /// <summary>Work is over for now. Called after <see cref="Resume"/>, never twice in a row.</summary>
    void Rest();

    /// <summary>Holds it and its children still: nothing of them runs until <see cref="Thaw"/>. Only while it rests.</summary>
    void Freeze();

    /// <summary>Ends <see cref="Freeze"/>.</summary>
    void Thaw();

    /// <summary>SIGKILL to all of it, frozen or not. <see cref="Exit"/> follows.</summary>
    void Kill();

    /// <summary>
    /// After its end: the next process of the same environment, which finds <c>/tmp</c> as this one left it. Null: nothing of it was kept,
    /// so the next one is started as the first one was.
    /// </summary>
    /// <exception cref="ProcessStartException">It could not be started; the message is for the operator.</exception>
    Task<ISandboxedProcess?> ReplaceAsync(ProcessStart start) => Task.FromResult<ISandboxedProcess?>(null);

    /// <summary>
    /// Whether a connection to the port of its Runtime API comes from it. Asked where the process reaches this machine's loopback; without
    /// walls between processes there is nothing to ask for.
    /// </summary>
    ValueTask<bool> OpenedAsync(LoopbackClient client) => ValueTask.FromResult(true);

    /// <summary>Ends it, if it has not ended, and all that was kept of it for a next one.</summary>
    Task EndAsync()
    {
        Kill();
        return Exit;
    }
}

/// <summary>What to start.</summary>
public sealed record ProcessStart
{
    /// <summary>The executable, an absolute path on this machine; bound read-only where there is a sandbox.</summary>
    public required string Executable { get; init; }

    /// <summary>Its arguments, without the executable's own name. Paths are those inside.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>All of its environment variables. Paths are those inside.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; }

    /// <summary>Where it starts, as seen inside.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Folders and files it may see besides the system's.</summary>
    public required IReadOnlyList<SandboxMount> Mounts { get; init; }

    /// <summary>The unix socket of this environment's Runtime API, on this machine. It is among the mounts as well.</summary>
    public required string RuntimeApiSocket { get; init; }

    /// <summary>It will look for the Runtime API on a port, as clients that are not ours do. Else its unix socket is enough.</summary>
    public bool NeedsRuntimeApiPort { get; init; } = true;

    /// <summary>
    /// What it and its children may hold together; over it they are killed, and <see cref="ProcessExit.OutOfMemory"/> is true.
    /// </summary>
    public required int MemoryMegabytes { get; init; }

    /// <summary>
    /// The parent from which it may be forked: it is a Python script, and starts as others of its version do. Null: it is a new process.
    /// </summary>
    public Zygote? Zygote { get; init; }

    /// <summary>Takes stdout and stderr. Called on any thread, never twice at once.</summary>
    public required IProcessOutput Output { get; init; }
}

/// <summary>Takes what a process writes.</summary>
public interface IProcessOutput
{
    /// <summary>Some bytes, cut anywhere.</summary>
    void Write(ReadOnlySpan<byte> bytes);
}

/// <summary>A folder or file of this machine and where the process finds it.</summary>
/// <param name="Source">An absolute path on this machine.</param>
/// <param name="Target">An absolute path inside.</param>
/// <param name="Writable">False: read-only.</param>
public sealed record SandboxMount(string Source, string Target, bool Writable = false);

/// <summary>How a process ended.</summary>
/// <param name="Code">The exit code, when it exited by itself; else null.</param>
/// <param name="Signal">The signal that ended it; else null.</param>
/// <param name="OutOfMemory">It was killed for its memory.</param>
public readonly record struct ProcessExit(int? Code, int? Signal, bool OutOfMemory);

/// <summary>A process could not be started.</summary>
public sealed class ProcessStartException : Exception
{
    /// <summary>With a sentence for the operator.</summary>
    public ProcessStartException(string message) : base(message) { }

    /// <summary>With the reason behind it.</summary>
    public ProcessStartException(string message, Exception inner) : base(message, inner) { }
}
