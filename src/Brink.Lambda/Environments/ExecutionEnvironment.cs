using System.Globalization;
using Brink.Lambda.Debugging;
using Brink.Lambda.Processes;
using Brink.Lambda.RuntimeApi;

namespace Brink.Lambda.Environments;

/// <summary>
/// One execution environment: a process, its Runtime API, its <c>/tmp</c> and its log stream (lambda-edge spec 6.1).
///
/// <code>
/// Down ── start ──► Starting ── next ──► Ready ── event ──► Busy ── answer ──► Answered ── next ──► Ready
///   ▲                  │                   │                  │                   │
///   └── the process has ended: by itself, or killed for init error, init overrun, timeout, memory ──┘
/// </code>
///
/// Every change of state happens under one lock, that of this environment. A process that ended is replaced with the next invocation; its
/// <c>/tmp</c> stays.
/// </summary>
internal sealed class ExecutionEnvironment : IRuntimeApi, IAsyncDisposable
{
    /// <summary>What the init phase may take (lambda-edge spec 6.1).</summary>
    public static readonly TimeSpan InitLimit = TimeSpan.FromSeconds(10);

    // A process that ended has sent all it ever will; this is for the machine to hand it over.
    private static readonly TimeSpan LastReading = TimeSpan.FromMilliseconds(500);

    // A runtime that said it cannot start gets this long to end by itself, so that its last words reach the log.
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly EnvironmentSetup _setup;
    private readonly Action _answered, _available;
    private readonly EnvironmentFolder _folder;
    private readonly EnvironmentRecord _record;
    private readonly RuntimeApiListener _listener;
    private readonly EventHead _eventHead;
    private readonly TimeProvider _time;
    private readonly ITimer _deadlineTimer;

    private EnvironmentState _state = EnvironmentState.Down;
    private ISandboxedProcess? _process;
    // The process that is being started or runs: null where it could not be started.
    private TaskCompletionSource<ISandboxedProcess?>? _launch;
    private Task _processEnded = Task.CompletedTask;
    private Task _startup = Task.CompletedTask;
    private TaskCompletionSource<InitFailure?>? _starting;
    private InitFailure? _initError;
    private RuntimeApiConnection? _waiting;
    private PendingInvocation? _current;
    // Posted to the Runtime API; the invocation completes once all that came with the answer has been read.
    private (PendingInvocation Pending, Invocation Invocation)? _answer;
    private string? _lastRequestId;
    private bool _frozen;
    private bool _disposed;
    private Task? _end;
    private long _deadline = long.MaxValue;

    /// <summary>An environment that is down.</summary>
    /// <param name="setup">What it is started with.</param>
    /// <param name="answered">
    /// Called when it has answered, but not asked for the next event: under its lock, so always before <paramref name="available"/>
    /// follows.
    /// </param>
    /// <param name="available">
    /// Called when it can take an invocation: because it waits for an event, or because it is down and will come up with the next one.
    /// </param>
    public ExecutionEnvironment(EnvironmentSetup setup, Action answered, Action available)
    {
        (_setup, _answered, _available, _time) = (setup, answered, available, setup.Time);
        _record = new EnvironmentRecord(setup);
        _folder = setup.RunFolder.CreateEnvironment();
        _listener = new RuntimeApiListener(_folder.Socket, setup.Sandbox.SharesLoopback, this);
        _eventHead = new EventHead(setup.Version.ReplicaArn(setup.Region));
        _deadlineTimer = _time.CreateTimer(
            static environment => ((ExecutionEnvironment)environment!).DeadlineReached(),
            this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Its process waits for something other than a core.</summary>
    public bool IsAsleep => _process?.IsAsleep == true;

    /// <summary>What its last invocation took, in the clock's ticks.</summary>
    public long LastDuration => _record.LastDuration;

    /// <summary>Its processes are held still until its next invocation.</summary>
    public bool IsFrozen => Volatile.Read(ref _frozen);

    /// <summary>The process, while there is one.</summary>
    public int? Pid => _process is { } process && !process.Exit.IsCompleted ? process.Pid : null;

    /// <summary>
    /// The init phase, ahead of any invocation. Null when it waits for an event afterwards; else it is down, and the first invocation tries
    /// again.
    /// </summary>
    public Task<InitFailure?> StartAsync()
    {
        var init = InitAsync();
        _startup = init;
        return init;
    }

    private async Task<InitFailure?> InitAsync()
    {
        var started = _time.GetTimestamp();
        var failure = await StartProcessAsync(InitLimit);
        _record.InitEnded(_time.GetElapsedTime(started), failure);
        return failure;
    }

    /// <summary>Holds its processes still until the next invocation, if it waits for one.</summary>
    public void Freeze()
    {
        lock (_gate)
        {
            if (_state != EnvironmentState.Ready || _waiting is null || _current is not null || _frozen || _disposed)
                return;
            _frozen = true;
            _process?.Freeze();
        }
    }

    /// <summary>
    /// Runs an invocation. Only of an environment that is available, and only one at a time; the pending invocation completes when it is
    /// over.
    /// </summary>
    public void Take(PendingInvocation pending)
    {
        lock (_gate)
        {
            (_current, _lastRequestId) = (pending, pending.RequestId);
            _deadline = _record.Begin(pending) + (long)(pending.Timeout.TotalSeconds * _time.TimestampFrequency);
            if (_state == EnvironmentState.Ready && _waiting is not null)
            {
                Dispatch(pending);
                return;
            }
        }
        _startup = RestartAndRunAsync(pending);
    }

    /// <summary>The init phase within an invocation: its time is the function's own.</summary>
    private async Task RestartAndRunAsync(PendingInvocation pending)
    {
        // A process that lives but whose connection was lost waits for nothing we could send.
        _process?.Kill();
        await _processEnded;
        var failure = await StartProcessAsync(pending.Timeout);
        bool runs;
        lock (_gate)
        {
            runs = failure is null && _state == EnvironmentState.Ready && _waiting is not null;
            if (runs)
                Dispatch(pending);
            else if (failure is null)
                End(pending, new InvocationOutcome.Exited(PlatformLines.WithRequestId(pending, ExitSentences.For(default)), default));
            else
                End(pending, failure.Kind == InitFailureKind.TimedOut ? _record.TimedOut(pending) : failure.ToOutcome(pending));
        }
        if (!runs)
            _available();
    }

    /// <summary>Starts the process and waits until it asks for an event. Null when it does; else it is down again.</summary>
    private async Task<InitFailure?> StartProcessAsync(TimeSpan limit)
    {
        var starting = new TaskCompletionSource<InitFailure?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var launch = new TaskCompletionSource<ISandboxedProcess?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            (_state, _starting, _initError, _launch) = (EnvironmentState.Starting, starting, null, launch);
        _record.Log.Platform(PlatformLines.InitStart(_setup));
        ISandboxedProcess process;
        try
        {
            process = await _setup.StartProcessAsync(_process, _folder, _record.Log, _listener);
        }
        catch (ProcessStartException failure)
        {
            launch.SetResult(null);
            lock (_gate)
                (_state, _starting) = (EnvironmentState.Down, null);
            return InitFailure.NotStarted(failure);
        }
        launch.SetResult(process);
        process.Resume();
        bool isUnwanted;
        lock (_gate)
        {
            (_process, isUnwanted) = (process, _disposed);
            _processEnded = WatchAsync(process);
            // It can have asked for its first event already.
            if (_state == EnvironmentState.Ready && _current is null)
                process.Rest();
        }
        if (isUnwanted)
            process.Kill();

        if (await WithinAsync(limit, starting) is not { } result)
        {
            // What the code printed while it was loaded comes before the invocation's first line.
            process.DrainOutput();
            _record.NoteMemory(process);
            return null;
        }
        process.Kill();
        await _processEnded;
        return result.Kind == InitFailureKind.Function ? result with { Message = _record.Explained(result.Message) } : result;
    }

    private async Task<InitFailure?> WithinAsync(TimeSpan limit, TaskCompletionSource<InitFailure?> starting)
    {
        var debugger = _setup.Version.Debugger;
        var period = debugger is null ? Timeout.InfiniteTimeSpan : FunctionDebugger.LookAgain;
        using var overrun = _time.CreateTimer(
            _ =>
            {
                if (debugger is not { HoldsTime: true })
                    starting.TrySetResult(InitFailure.Overrun(limit));
            },
            null, limit, period);
        return await starting.Task;
    }

    private async Task WatchAsync(ISandboxedProcess process)
    {
        var exit = await process.Exit;
        await _listener.DrainAsync(LastReading);
        var isAvailable = false;
        lock (_gate)
        {
            process.Rest();
            _record.NoteMemory(process);
            var state = _state;
            (_state, _waiting, _frozen) = (EnvironmentState.Down, null, false);
            switch (state)
            {
                case EnvironmentState.Starting:
                    _starting!.TrySetResult(_initError ?? InitFailure.ExitedEarly(exit, _setup));
                    break;
                case EnvironmentState.Busy:
                    var sentence = PlatformLines.WithRequestId(_current!, ExitSentences.For(exit));
                    InvocationOutcome outcome = exit.OutOfMemory
                        ? new InvocationOutcome.OutOfMemory(sentence)
                        : new InvocationOutcome.Exited(sentence, exit);
                    End(_current!, outcome);
                    isAvailable = true;
                    break;
                case EnvironmentState.Answered:
                    isAvailable = true;
                    break;
            }
        }
        _listener.CloseConnections();
        if (isAvailable)
            _available();
    }

    // ---- The Runtime API

    byte[]? IRuntimeApi.Next(RuntimeApiConnection connection)
    {
        var isAvailable = false;
        lock (_gate)
        {
            switch (_state)
            {
                case EnvironmentState.Starting when _initError is null && _starting!.TrySetResult(null):
                    break;
                case EnvironmentState.Answered:
                    isAvailable = true;
                    break;
                case EnvironmentState.Ready when _waiting is null:
                    break;      // its connection was lost while it waited
                default:
                    return RuntimeAnswers.InvalidStateTransition(_state.ToRuntimeApiName(), "Ready");
            }
            (_state, _waiting) = (EnvironmentState.Ready, connection);
            if (_current is null)
            {
                _process?.Rest();
                _deadline = long.MaxValue;
            }
        }
        if (isAvailable)
            _available();
        return null;
    }

    bool IRuntimeApi.Waits(RuntimeApiConnection connection)
    {
        lock (_gate)
            return _waiting == connection;
    }

    byte[] IRuntimeApi.Response(string requestId, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            if (Refusal(requestId, "InvocationResponse") is { } refusal)
                return refusal;
            Answer(new InvocationOutcome.Result(body.ToArray()));
            return RuntimeAnswers.Accepted;
        }
    }

    byte[] IRuntimeApi.Error(string requestId, string? errorType, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            if (Refusal(requestId, "InvocationErrorResponse") is { } refusal)
                return refusal;
            var error = ErrorBody.Read(errorType, body);
            Answer(new InvocationOutcome.FunctionError(error.ErrorType, _record.Explained(error.ErrorMessage), error.Trace));
            return RuntimeAnswers.Accepted;
        }
    }

    byte[] IRuntimeApi.InitError(string? errorType, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            if (_state != EnvironmentState.Starting || _initError is not null)
                return RuntimeAnswers.InvalidStateTransition(_initError is null ? _state.ToRuntimeApiName() : "InitError", "InitError");
            var error = ErrorBody.Read(errorType, body);
            _initError = new InitFailure(error.ErrorType, error.ErrorMessage, error.Trace);
            _ = EndAfterLastWordsAsync(_starting!, _initError);
            return RuntimeAnswers.Accepted;
        }
    }

    byte[] IRuntimeApi.TooLarge(RuntimeCall call, string? requestId, long? size)
    {
        lock (_gate)
        {
            if (call is RuntimeCall.Response or RuntimeCall.Error
                && Refusal(requestId!, call == RuntimeCall.Response ? "InvocationResponse" : "InvocationErrorResponse") is { } refusal)
                return refusal;
            if (call == RuntimeCall.Response)
            {
                var given = size is { } bytes ? $" ({bytes.ToString(CultureInfo.InvariantCulture)} bytes)" : "";
                var message = $"Response payload size{given} exceeded maximum allowed payload size ({RuntimeAnswers.PayloadLimit} bytes).";
                Answer(new InvocationOutcome.FunctionError("Function.ResponseSizeTooLarge", message, []));
            }
            return RuntimeAnswers.PayloadTooLarge;
        }
    }

    void IRuntimeApi.Settle(bool isThreadFree)
    {
        (PendingInvocation Pending, Invocation Invocation) answer;
        lock (_gate)
        {
            if (_answer is not { } given)
                return;
            (answer, _answer) = (given, null);
            // The next invocation may follow at once: by then the pool must know what it can count on.
            if (_state == EnvironmentState.Answered)
                _answered();
        }
        if (isThreadFree)
            answer.Pending.CompleteHere(answer.Invocation);
        else
            answer.Pending.Complete(answer.Invocation);
    }

    void IRuntimeApi.Closed(RuntimeApiConnection connection)
    {
        lock (_gate)
        {
            if (_waiting == connection)
                _waiting = null;
        }
    }

    async ValueTask<bool> IRuntimeApi.AdmitsAsync(LoopbackClient client)
    {
        TaskCompletionSource<ISandboxedProcess?>? launch;
        lock (_gate)
            launch = _launch;
        // It can come before Brink has heard that it runs.
        return launch is not null && await launch.Task is { } process && await process.OpenedAsync(client);
    }

    /// <summary>The current invocation has its outcome. Under the lock; it completes when the answer is settled.</summary>
    private void Answer(InvocationOutcome outcome)
    {
        var pending = _current!;
        var invocation = Finish(pending, outcome);
        // A runtime with several connections can answer the next invocation before the first one's answer is settled.
        if (_answer is { } older)
            older.Pending.Complete(older.Invocation);
        _answer = (pending, invocation);
    }

    /// <summary>Why an answer cannot be taken now; null when it can.</summary>
    private byte[]? Refusal(string requestId, string target)
    {
        if (requestId != _lastRequestId)
            return RuntimeAnswers.InvalidRequestId;
        return _state == EnvironmentState.Busy ? null : RuntimeAnswers.InvalidStateTransition(_state.ToRuntimeApiName(), target);
    }

    private async Task EndAfterLastWordsAsync(TaskCompletionSource<InitFailure?> starting, InitFailure error)
    {
        var process = _process;
        if (process is not null)
            await Task.WhenAny(process.Exit, Task.Delay(LastWords, _time));
        starting.TrySetResult(error);
    }

    // ---- Invocations

    /// <summary>Hands the event to the connection that waits. Under the lock.</summary>
    private void Dispatch(PendingInvocation pending)
    {
        var connection = _waiting!;
        (_state, _waiting) = (EnvironmentState.Busy, null);
        _process?.Resume();
        if (_frozen)
        {
            _frozen = false;
            _process?.Thaw();
        }
        var remaining = _time.GetElapsedTime(_time.GetTimestamp(), _deadline);
        _deadlineTimer.Change(remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        var eventJson = pending.EventJson.Span;
        connection.Deliver(_eventHead.Write(pending.RequestId, eventJson.Length, _time.GetUtcNow(), remaining), eventJson);
        pending.Sent();
    }

    /// <summary>Ends and completes an invocation that got no answer. Under the lock.</summary>
    private void End(PendingInvocation pending, InvocationOutcome outcome) => pending.Complete(Finish(pending, outcome));

    /// <summary>Ends an invocation. Under the lock; the state becomes Answered unless the process is gone.</summary>
    private Invocation Finish(PendingInvocation pending, InvocationOutcome outcome)
    {
        var invocation = _record.End(pending, outcome, _process);
        _current = null;
        if (_state == EnvironmentState.Busy)
            _state = EnvironmentState.Answered;
        return invocation;
    }

    private void DeadlineReached()
    {
        ISandboxedProcess? process;
        lock (_gate)
        {
            if (_state is not (EnvironmentState.Busy or EnvironmentState.Answered))
                return;
            // The timer was set for an earlier invocation: this one's own is still to come.
            if (_time.GetTimestamp() < _deadline)
            {
                var remaining = _time.GetElapsedTime(_time.GetTimestamp(), _deadline);
                _deadlineTimer.Change(remaining + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }
            if (_setup.Version.Debugger is { HoldsTime: true })
            {
                _deadlineTimer.Change(FunctionDebugger.LookAgain, Timeout.InfiniteTimeSpan);
                return;
            }
            process = _process;
            if (_state == EnvironmentState.Busy)
                End(_current!, _record.TimedOut(_current!));
        }
        // Also when it has answered and never asks again: no process may keep an environment longer than its time.
        process?.Kill();
    }

    /// <summary>Kills the process and removes all that it left. An invocation under way ends as one whose process was killed.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            // A second call waits for the same end.
            return new ValueTask(_end ??= Task.Run(EndAsync));
        }
    }

    private async Task EndAsync()
    {
        _process?.Kill();
        await _startup;
        await _processEnded;
        if (_process is { } last)
            await last.EndAsync();
        await _deadlineTimer.DisposeAsync();
        _listener.Dispose();
        OwnedFolder.Remove(_folder.Root);
    }
}
