using System.Globalization;
using System.Text;
using Brink.Lambda.Debugging;
using Brink.Lambda.Logs;
using Brink.Lambda.Packages;
using Brink.Lambda.Pool;
using Brink.Lambda.Processes;
using Brink.Lambda.RuntimeApi;
using Brink.Lambda.Sandbox;
using Brink.Lambda.Versions;

namespace Brink.Lambda.Environments;

/// <summary>Who owns environments: the pool.</summary>
internal interface IEnvironmentOwner
{
    /// <summary>It has answered, but not asked for the next event. Called under its lock, so always before <see cref="Available"/> follows.</summary>
    void Answered(ExecutionEnvironment environment);

    /// <summary>It can take an invocation: because it waits for an event, or because it is down and will come up with the next one.</summary>
    void Available(ExecutionEnvironment environment);
}

/// <summary>
/// One execution environment: a process, its Runtime API, its <c>/tmp</c> and its log stream (lambda spec 6.1).
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
    /// <summary>What the init phase may take (lambda spec 6.1).</summary>
    public static readonly TimeSpan InitLimit = TimeSpan.FromSeconds(10);

    // A runtime that said it cannot start gets this long to end by itself, so that its last words reach the log.
    // A process that ended has said all it ever will; this is for the machine to hand it over.
    private static readonly TimeSpan LastReading = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly EnvironmentSetup _setup;
    private readonly IEnvironmentOwner _owner;
    private readonly EnvironmentFolder _folder;
    private readonly EnvironmentLog _log;
    private readonly RuntimeApiListener _listener;
    private readonly TimeProvider _time;
    private readonly ITimer _deadlineTimer;
    private readonly byte[] _headers = new byte[1024];

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
    // Answered through the Runtime API; whoever waits for it is told once all that came with the answer has been read.
    private (PendingInvocation Pending, Invocation Invocation)? _answer;
    private string? _lastRequestId;
    private bool _frozen;
    private bool _disposed;
    private Task? _end;

    private long _invokedAt;
    private long _deadline = long.MaxValue;
    private TimeSpan? _initDuration;
    private long _maxMemory;

    public ExecutionEnvironment(EnvironmentSetup setup, IEnvironmentOwner owner)
    {
        (_setup, _owner, _time) = (setup, owner, setup.Time);
        var version = setup.Version;
        var stream = string.Create(CultureInfo.InvariantCulture, $"{_time.GetUtcNow():yyyy'/'MM'/'dd}/[{version.Number}]{Guid.NewGuid():N}");
        _log = new EnvironmentLog(setup.Region, version.LogGroup, stream, setup.Log, _time);
        _folder = setup.RunFolder.CreateEnvironment();
        _listener = new RuntimeApiListener(_folder.Socket, setup.Sandbox.SharesLoopback, this);
        _deadlineTimer = _time.CreateTimer(static environment => ((ExecutionEnvironment)environment!).DeadlineReached(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>When it last became available; for the pool.</summary>
    public long IdleSince { get; set; }

    /// <summary>When it was last given an invocation; for the pool.</summary>
    public long TakenAt { get; set; }

    /// <summary>When it was last given an invocation, or looked at whether it sleeps; for the pool.</summary>
    public long LookedAt { get; set; }

    /// <summary>Its process waits for something other than a core.</summary>
    public bool IsAsleep => _process?.IsAsleep == true;

    /// <summary>It has been started; for the pool.</summary>
    public bool IsUp { get; set; }

    /// <summary>What its last invocation took, in the clock's ticks; for the pool.</summary>
    public long LastDuration { get; private set; }

    /// <summary>Its processes are held still until its next invocation.</summary>
    public bool IsFrozen => Volatile.Read(ref _frozen);

    /// <summary>The group it belongs to.</summary>
    public EnvironmentGroup Group => (EnvironmentGroup)_owner;

    /// <summary>The process, while there is one.</summary>
    public int? Pid => _process is { } process && !process.Exit.IsCompleted ? process.Pid : null;

    /// <summary>The init phase, ahead of any invocation. Null when it waits for an event afterwards; else it is down, and the first invocation tries again.</summary>
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
        _initDuration = _time.GetElapsedTime(started);
        if (failure is not null)
            _log.Platform(string.Create(CultureInfo.InvariantCulture, $"INIT_REPORT Init Duration: {_initDuration.Value.TotalMilliseconds:0.00} ms\tPhase: init\tStatus: {(failure.Kind == InitFailureKind.TimedOut ? "timeout" : "error")}\tError Type: {failure.ErrorType}"));
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

    /// <summary>Runs an invocation. Only of an environment that is available, and only one at a time; the pending invocation completes when it is over.</summary>
    public void Take(PendingInvocation pending)
    {
        lock (_gate)
        {
            (_current, _lastRequestId, _invokedAt) = (pending, pending.RequestId, _time.GetTimestamp());
            _deadline = _invokedAt + Ticks(pending.Timeout);
            _log.Begin(pending.RequestId, pending.EdgeRequestId, $"START RequestId: {pending.RequestId} Version: {_setup.Version.Number}");
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
        if (await StartProcessAsync(pending.Timeout) is { } failure)
        {
            lock (_gate)
                End(pending, failure.Kind switch
                {
                    InitFailureKind.TimedOut => TimedOut(pending),
                    InitFailureKind.OutOfMemory => new InvocationOutcome.OutOfMemory(WithRequestId(pending, failure.Message)),
                    InitFailureKind.Machine => new InvocationOutcome.NotStarted(failure.Message),
                    _ => new InvocationOutcome.InitFailed(failure.ErrorType, failure.ErrorType is "Runtime.ExitError" or "Runtime.InvalidEntrypoint" ? WithRequestId(pending, failure.Message) : failure.Message, failure.Trace),
                });
            _owner.Available(this);
            return;
        }
        bool runs;
        lock (_gate)
        {
            runs = _state == EnvironmentState.Ready && _waiting is not null;
            if (runs)
                Dispatch(pending);
            else
                End(pending, new InvocationOutcome.Exited(WithRequestId(pending, ExitSentences.For(default)), default));
        }
        if (!runs)
            _owner.Available(this);
    }

    /// <summary>Starts the process and waits until it asks for an event. Null when it does; else it is down again.</summary>
    private async Task<InitFailure?> StartProcessAsync(TimeSpan limit)
    {
        var starting = new TaskCompletionSource<InitFailure?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var launch = new TaskCompletionSource<ISandboxedProcess?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            (_state, _starting, _initError, _launch) = (EnvironmentState.Starting, starting, null, launch);
        _log.Platform($"INIT_START Runtime Version: {_setup.Command.Description(_setup.Version.Runtime)}");
        ISandboxedProcess process;
        try
        {
            var start = _setup.ProcessFor(_folder, _log, _listener);
            process = (_process is { } last ? await last.ReplaceAsync(start) : null) ?? await _setup.Sandbox.StartAsync(start);
            if (_setup.Zygote?.TakeProblem() is { } problem)
                _log.Platform($"started without a zygote: {problem}");
        }
        catch (ProcessStartException failure)
        {
            launch.SetResult(null);
            lock (_gate)
                (_state, _starting) = (EnvironmentState.Down, null);
            return new InitFailure("Runtime.InvalidEntrypoint", failure.Message, [], InitFailureKind.Machine);
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

        InitFailure? result;
        using (var overrun = _time.CreateTimer(
            _ =>
            {
                if (_setup.Version.Debugger is not { HoldsTime: true })
                    starting.TrySetResult(new InitFailure("Sandbox.Timedout", string.Create(CultureInfo.InvariantCulture, $"the function did not load within {limit.TotalSeconds:0.##} seconds"), [], InitFailureKind.TimedOut));
            },
            null, limit, _setup.Version.Debugger is null ? Timeout.InfiniteTimeSpan : FunctionDebugger.LookAgain))
            result = await starting.Task;
        if (result is null)
        {
            // What the code printed while it was loaded comes before the invocation's first line.
            process.DrainOutput();
            _maxMemory = Math.Max(_maxMemory, process.PeakMemory);
            return null;
        }
        process.Kill();
        await _processEnded;
        return Explained(result);
    }

    /// <summary>With what the system's own words hide: that a file was made for another machine.</summary>
    private InitFailure Explained(InitFailure failure)
    {
        if (failure.Kind == InitFailureKind.Function && MachineCode.Explain(_setup.Version, failure.Message) is { } reason)
        {
            _log.Platform($"[brink] {reason}");
            return failure with { Message = $"{failure.Message} ({reason})" };
        }
        return failure;
    }

    /// <summary>How a process ended before it asked for an event.</summary>
    private InitFailure ExitedEarly(ProcessExit exit)
    {
        if (exit.OutOfMemory)
            return new InitFailure("Runtime.ExitError", $"{ExitSentences.For(exit)} ({OverItsMemory})", [], InitFailureKind.OutOfMemory);
        // What the kernel does not execute, tools take for a shell script: how that ends is anybody's guess.
        return exit.Code is not (null or 0) && _setup.Command.Family == RuntimeFamily.Provided && MachineCode.Foreign(_setup.Command.Executable) is not null
            ? new InitFailure("Runtime.InvalidEntrypoint", "fork/exec /var/task/bootstrap: exec format error", [])
            : new InitFailure("Runtime.ExitError", ExitSentences.For(exit), []);
    }

    private async Task WatchAsync(ISandboxedProcess process)
    {
        var exit = await process.Exit;
        await _listener.DrainAsync(LastReading);
        var isAvailable = false;
        lock (_gate)
        {
            process.Rest();
            _maxMemory = Math.Max(_maxMemory, process.PeakMemory);
            var state = _state;
            (_state, _waiting, _frozen) = (EnvironmentState.Down, null, false);
            switch (state)
            {
                case EnvironmentState.Starting:
                    _starting!.TrySetResult(_initError ?? ExitedEarly(exit));
                    break;
                case EnvironmentState.Busy:
                    var sentence = WithRequestId(_current!, ExitSentences.For(exit));
                    End(_current!, exit.OutOfMemory ? new InvocationOutcome.OutOfMemory(sentence) : new InvocationOutcome.Exited(sentence, exit));
                    isAvailable = true;
                    break;
                case EnvironmentState.Answered:
                    isAvailable = true;
                    break;
            }
        }
        _listener.CloseConnections();
        if (isAvailable)
            _owner.Available(this);
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
                    return RuntimeAnswers.InvalidStateTransition(Name(_state), "Ready");
            }
            (_state, _waiting) = (EnvironmentState.Ready, connection);
            if (_current is null)
                _process?.Rest();
            _deadline = _current is null ? long.MaxValue : _deadline;
        }
        if (isAvailable)
            _owner.Available(this);
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
            Keep(_current!, Finish(_current!, new InvocationOutcome.Result(body.ToArray())));
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
            var message = error.ErrorMessage;
            if (MachineCode.Explain(_setup.Version, message) is { } reason)
            {
                _log.Platform($"[brink] {reason}");
                message = $"{message} ({reason})";
            }
            Keep(_current!, Finish(_current!, new InvocationOutcome.FunctionError(error.ErrorType, message, error.Trace)));
            return RuntimeAnswers.Accepted;
        }
    }

    byte[] IRuntimeApi.InitError(string? errorType, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            if (_state != EnvironmentState.Starting || _initError is not null)
                return RuntimeAnswers.InvalidStateTransition(_initError is null ? Name(_state) : "InitError", "InitError");
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
            if (call is RuntimeCall.Response or RuntimeCall.Error && Refusal(requestId!, "InvocationResponse") is { } refusal)
                return refusal;
            if (call == RuntimeCall.Response)
            {
                var given = size is { } bytes ? $" ({bytes.ToString(CultureInfo.InvariantCulture)} bytes)" : "";
                Keep(_current!, Finish(_current!, new InvocationOutcome.FunctionError("Function.ResponseSizeTooLarge", $"Response payload size{given} exceeded maximum allowed payload size ({RuntimeAnswers.PayloadLimit} bytes).", [])));
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
            // Whoever gets the answer may come back at once: by then the pool must know what it can count on.
            if (_state == EnvironmentState.Answered)
                _owner.Answered(this);
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

    private void Keep(PendingInvocation pending, Invocation invocation)
    {
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
        return _state == EnvironmentState.Busy ? null : RuntimeAnswers.InvalidStateTransition(Name(_state), target);
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
        connection.Deliver(Headers(pending, remaining), pending.EventJson.Span);
        pending.Sent();
    }

    private ReadOnlySpan<byte> Headers(PendingInvocation pending, TimeSpan remaining)
    {
        var now = _time.GetUtcNow();
        var length = Encoding.UTF8.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: {pending.RequestId}\r\nLambda-Runtime-Deadline-Ms: " +
            string.Create(CultureInfo.InvariantCulture, $"{(now + remaining).ToUnixTimeMilliseconds()}\r\nLambda-Runtime-Invoked-Function-Arn: {_arn ??= _setup.Version.ReplicaArn(_setup.Region)}\r\n") +
            string.Create(CultureInfo.InvariantCulture, $"Lambda-Runtime-Trace-Id: Root=1-{now.ToUnixTimeSeconds():x8}-{pending.RequestId.AsSpan(0, 8)}{pending.RequestId.AsSpan(9, 4)}{pending.RequestId.AsSpan(24, 12)};Sampled=0\r\nContent-Length: {pending.EventJson.Length}\r\n\r\n"),
            _headers);
        return _headers.AsSpan(0, length);
    }

    private string? _arn;

    /// <summary>Ends an invocation that got no answer, and tells whoever waits. Under the lock.</summary>
    private void End(PendingInvocation pending, InvocationOutcome outcome) => pending.Complete(Finish(pending, outcome));

    /// <summary>Ends an invocation: its log and its figures. Under the lock; the state becomes Answered unless the process is gone.</summary>
    private Invocation Finish(PendingInvocation pending, InvocationOutcome outcome)
    {
        var duration = _time.GetElapsedTime(_invokedAt);
        if (outcome is InvocationOutcome.TimedOut timedOut && timedOut.After > duration)
            duration = timedOut.After;
        if (_process is { } process)
        {
            process.DrainOutput();
            _maxMemory = Math.Max(_maxMemory, process.PeakMemory);
        }
        if (outcome is InvocationOutcome.Exited or InvocationOutcome.OutOfMemory or InvocationOutcome.InitFailed { ErrorType: "Runtime.ExitError" or "Runtime.InvalidEntrypoint" } && outcome is InvocationOutcome.Failure { ErrorMessage: var sentence })
            _log.Platform(sentence);
        if (outcome is InvocationOutcome.OutOfMemory)
            _log.Platform(OverItsMemory);
        LastDuration = _time.GetTimestamp() - _invokedAt;
        var invocation = new Invocation
        {
            RequestId = pending.RequestId,
            Outcome = outcome,
            Duration = duration,
            InitDuration = _initDuration,
            MaxMemoryUsed = _maxMemory,
            LogGroup = _log.LogGroup,
            LogStream = _log.LogStream,
        };
        var (end, report) = ($"END RequestId: {pending.RequestId}", Report(invocation));
        // The sentence about time comes last, as at AWS.
        var lines = outcome is InvocationOutcome.TimedOut { ErrorMessage: var late } ? _log.Finish(end, report, late) : _log.Finish(end, report);
        (_current, _initDuration) = (null, null);
        if (_state == EnvironmentState.Busy)
            _state = EnvironmentState.Answered;
        return invocation with { LogLines = lines };
    }

    /// <summary>What AWS's sentence about a killed process does not say.</summary>
    private string OverItsMemory => string.Create(CultureInfo.InvariantCulture, $"[brink] the function needs more than its {_setup.Version.MemoryMegabytes} MB of memory");

    private string Report(Invocation invocation)
    {
        var text = string.Create(CultureInfo.InvariantCulture,
            $"REPORT RequestId: {invocation.RequestId}\tDuration: {invocation.Duration.TotalMilliseconds:0.00} ms\tBilled Duration: {invocation.BilledMilliseconds} ms\tMemory Size: {_setup.Version.MemoryMegabytes} MB\tMax Memory Used: {Math.Min(invocation.MaxMemoryUsed / (1024 * 1024), _setup.Version.MemoryMegabytes)} MB\t");
        if (invocation.InitDuration is { } init)
            text += string.Create(CultureInfo.InvariantCulture, $"Init Duration: {init.TotalMilliseconds:0.00} ms\t");
        return invocation.Outcome switch
        {
            InvocationOutcome.TimedOut => text + "Status: timeout",
            InvocationOutcome.Exited or InvocationOutcome.OutOfMemory or InvocationOutcome.InitFailed =>
                text + $"Status: error\tError Type: {((InvocationOutcome.Failure)invocation.Outcome).ErrorType}",
            _ => text,
        };
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
                _deadlineTimer.Change(_time.GetElapsedTime(_time.GetTimestamp(), _deadline) + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
                return;
            }
            if (_setup.Version.Debugger is { HoldsTime: true })
            {
                _deadlineTimer.Change(FunctionDebugger.LookAgain, Timeout.InfiniteTimeSpan);
                return;
            }
            process = _process;
            if (_state == EnvironmentState.Busy)
                End(_current!, TimedOut(_current!));
        }
        // Also when it has answered and never asks again: nobody may keep an environment longer than its time.
        process?.Kill();
    }

    private InvocationOutcome.TimedOut TimedOut(PendingInvocation pending)
    {
        var after = _time.GetElapsedTime(_invokedAt);
        if (after < pending.Timeout)
            after = pending.Timeout;
        var sentence = string.Create(CultureInfo.InvariantCulture, $"{_time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff}Z {pending.RequestId} Task timed out after {after.TotalSeconds:0.00} seconds");
        return new InvocationOutcome.TimedOut(sentence, after, pending.TimeoutIsPlatforms);
    }

    private static string WithRequestId(PendingInvocation pending, string sentence) => $"RequestId: {pending.RequestId} Error: {sentence}";

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);

    private static string Name(EnvironmentState state) => state switch
    {
        EnvironmentState.Starting => "Started",
        EnvironmentState.Busy => "Running",
        EnvironmentState.Answered => "RuntimeResponseSentState",
        _ => state.ToString(),
    };

    /// <summary>Kills the process and removes all that it left. An invocation under way ends as one whose process was killed.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            // Whoever asks waits for the same end.
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
        RunFolder.Remove(_folder.Root);
    }
}

internal enum EnvironmentState
{
    /// <summary>No process.</summary>
    Down,
    /// <summary>The code is being loaded.</summary>
    Starting,
    /// <summary>It waits for an event.</summary>
    Ready,
    /// <summary>An invocation runs.</summary>
    Busy,
    /// <summary>It has answered, and has not asked for the next event yet.</summary>
    Answered,
}
