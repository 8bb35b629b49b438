using System.Globalization;
using Brink.Lambda.Processes;

namespace Brink.Lambda.Sandbox;

/// <summary>A function in an environment that a keeper holds: the first one, or one that follows another in the same namespaces.</summary>
internal abstract class KeptFunction : KeptProcess, ISandboxedProcess
{
    // The keeper does nothing but wait; if it does not end a function, something is very wrong.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly EnvironmentKeeper _keeper;
    private readonly Func<ProcessStart, EnvironmentKeeper, Task<ISandboxedProcess?>> _startNext;
    private readonly TaskCompletionSource<string?> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly byte[] _message = new byte[4096];
    private StoppedProcesses? _stopped;
    private ProcessExit _exit;
    private bool _ended;
    private bool _isKilled;
    private bool _keeperIsGone;
    private volatile int _functionPid;

    protected KeptFunction(
        EnvironmentKeeper keeper, int output, ProcessStart start, Func<ProcessStart, EnvironmentKeeper, Task<ISandboxedProcess?>> startNext)
        : base(output, keeper.Link, start.Output, start.MemoryMegabytes * 1024L * 1024, keeper.Group is { } group ? group.Held : null)
    {
        (_keeper, _startNext) = (keeper, startNext);
        ProcessKeeper.Shared.Adopt(this);
    }

    /// <summary>Completes when the function's own code is next: null, or why it never will be.</summary>
    public Task<string?> Started => _started.Task;

    public override int Pid => _keeper.Pid;

    protected override int FunctionPid => _functionPid;

    public override void Freeze()
    {
        if (_keeper.Group?.TryFreeze(true) == true)
            return;
        lock (_gate)
        {
            // Not the keeper, which must see when Brink is gone.
            if (!_ended)
                _stopped ??= StoppedProcesses.Stop(ProcessTree.ChildrenOf(_keeper.Pid));
        }
    }

    public override void Thaw()
    {
        if (_keeper.Group?.TryFreeze(false) == true)
            return;
        lock (_gate)
        {
            if (!_ended)
                _stopped?.Continue();
            _stopped = null;
        }
    }

    public override void Kill()
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _isKilled = true;
            _keeper.KillFunction();
        }
        _ = KillKeeperIfNeededAsync();
    }

    public override bool HasEnded()
    {
        while (true)
        {
            var (length, sender) = Libc.Receive(_keeper.Link, _message, waits: false);
            if (length < 0)
                return false;
            if (length == 0)
            {
                _keeperIsGone = true;
                _exit = new ProcessExit(null, Libc.SigKill, false);
                _started.TrySetResult("the process that keeps its namespaces ended before it began");
                return true;
            }
            var (word, value) = EnvironmentKeeper.Read(_message.AsSpan(0, length));
            switch (word)
            {
                case "keeper":
                    _keeper.Known(sender);
                    break;
                case "started":
                    _functionPid = sender;
                    _keeper.Began(sender);
                    _started.TrySetResult(null);
                    break;
                case "failed":
                    _started.TrySetResult(value.GetString());
                    break;
                case "status":
                    var status = value.GetInt32();
                    // A shell that waits says of a signal only 128 and its number.
                    if (_isKilled && status == (128 + Libc.SigKill) << 8)
                        status = Libc.SigKill;
                    _exit = Libc.ExitOf(status);
                    _started.TrySetResult(
                        string.Create(CultureInfo.InvariantCulture, $"its process ended with status {status} before it began"));
                    return true;
            }
        }
    }

    public override void Ended()
    {
        SampleBeforeEnd();
        lock (_gate)
            _ended = true;
        _keeper.FunctionEnded();
        _ = CompleteAsync();
    }

    public async Task<ISandboxedProcess?> ReplaceAsync(ProcessStart start)
    {
        await Exit;
        // What was frozen when it ended has thawed nowhere else, and what the kernel killed then is no longer news.
        _keeper.Group?.TryFreeze(false);
        _keeper.Group?.Forgive();
        if (_keeperIsGone || !_keeper.CanStart(start))
            await _keeper.CloseAsync();
        return _keeper.IsClosed ? null : await _startNext(start, _keeper);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> OpenedAsync(LoopbackClient client)
    {
        // Before it has begun nothing of it can ask.
        if (await _started.Task is not null || client.FindOwner() is not { } owner)
            return false;
        // As root each environment is a user of its own. Else all are Brink's own user, and the socket must be in one of its processes.
        return Libc.EffectiveUser == 0
            ? owner.User == _keeper.User
            : Processes().Any(process => LoopbackClient.IsOpenIn(process, owner.Socket));
    }

    public async Task EndAsync()
    {
        _keeper.Kill();
        await Exit;
        await _keeper.CloseAsync();
    }

    protected override IEnumerable<int> Processes() => ProcessTree.ChildrenOf(_keeper.Pid).SelectMany(ProcessTree.Of);

    private async Task CompleteAsync() => Complete(_keeperIsGone ? await _keeper.ExitAsync(_exit) : _exit);

    private async Task KillKeeperIfNeededAsync()
    {
        if (await Task.WhenAny(Exit, Task.Delay(Patience)) != Exit)
            _keeper.Kill();
    }
}

/// <summary>A function that its environment's keeper has forked.</summary>
internal sealed class ForkedProcess(
    EnvironmentKeeper keeper, int output, ProcessStart start, Func<ProcessStart, EnvironmentKeeper, Task<ISandboxedProcess?>> startNext)
    : KeptFunction(keeper, output, start, startNext);

/// <summary>A function that its environment's supervisor has started.</summary>
internal sealed class SupervisedProcess(
    SupervisedEnvironment environment, int output, ProcessStart start,
    Func<ProcessStart, EnvironmentKeeper, Task<ISandboxedProcess?>> startNext)
    : KeptFunction(environment, output, start, startNext)
{
    /// <summary>Until the supervisor's first message, that of bubblewrap above it.</summary>
    public override int Pid => base.Pid != 0 ? base.Pid : environment.OutermostPid;
}
