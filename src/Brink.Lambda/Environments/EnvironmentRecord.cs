using Brink.Lambda.Logs;
using Brink.Lambda.Packages;
using Brink.Lambda.Processes;

namespace Brink.Lambda.Environments;

/// <summary>What an environment writes down: its log, and what its init and each invocation took.</summary>
/// <remarks>Not safe for several threads: of an invocation under the environment's lock.</remarks>
internal sealed class EnvironmentRecord(EnvironmentSetup setup)
{
    private readonly TimeProvider _time = setup.Time;
    private long _invokedAt;
    private TimeSpan? _initDuration;
    private long _maxMemory;

    public EnvironmentLog Log { get; } = setup.OpenLog();

    /// <summary>What the last invocation took, in the clock's ticks.</summary>
    public long LastDuration { get; private set; }

    /// <summary>An init ahead of any invocation is over; its time is reported with the first one.</summary>
    public void InitEnded(TimeSpan duration, InitFailure? failure)
    {
        _initDuration = duration;
        if (failure is not null)
            Log.Platform(PlatformLines.InitReport(duration, failure));
    }

    public void NoteMemory(ISandboxedProcess process) => _maxMemory = Math.Max(_maxMemory, process.PeakMemory);

    /// <summary>A message of the runtime, and with it what the system's own words hide: that a file was made for another machine.</summary>
    public string Explained(string message)
    {
        if (MachineCode.Explain(setup.Version, message) is not { } reason)
            return message;
        Log.Platform($"[brink] {reason}");
        return $"{message} ({reason})";
    }

    /// <summary>An invocation begins, at the time that is returned.</summary>
    public long Begin(PendingInvocation pending)
    {
        _invokedAt = _time.GetTimestamp();
        Log.Begin(pending.RequestId, pending.EdgeRequestId, PlatformLines.Start(pending, setup.Version));
        return _invokedAt;
    }

    /// <summary>It has no time left.</summary>
    public InvocationOutcome.TimedOut TimedOut(PendingInvocation pending)
    {
        var after = _time.GetElapsedTime(_invokedAt);
        if (after < pending.Timeout)
            after = pending.Timeout;
        return new InvocationOutcome.TimedOut(PlatformLines.TimedOut(pending, _time.GetUtcNow(), after), after, pending.TimeoutIsPlatforms);
    }

    /// <summary>It is over: its figures and its lines.</summary>
    public Invocation End(PendingInvocation pending, InvocationOutcome outcome, ISandboxedProcess? process)
    {
        var duration = _time.GetElapsedTime(_invokedAt);
        if (outcome is InvocationOutcome.TimedOut timedOut && timedOut.After > duration)
            duration = timedOut.After;
        if (process is not null)
        {
            process.DrainOutput();
            NoteMemory(process);
        }
        if (PlatformLines.Failure(outcome) is { } sentence)
            Log.Platform(sentence);
        if (outcome is InvocationOutcome.OutOfMemory)
            Log.Platform(PlatformLines.OverItsMemory(setup.Version));
        LastDuration = _time.GetTimestamp() - _invokedAt;
        var invocation = new Invocation
        {
            RequestId = pending.RequestId,
            Outcome = outcome,
            Duration = duration,
            InitDuration = _initDuration,
            MaxMemoryUsed = _maxMemory,
            LogGroup = Log.LogGroup,
            LogStream = Log.LogStream,
        };
        _initDuration = null;
        var (end, report) = (PlatformLines.End(pending), PlatformLines.Report(invocation, setup.Version));
        // The sentence about time comes last, as at AWS.
        var lines = outcome is InvocationOutcome.TimedOut { ErrorMessage: var late }
            ? Log.Finish(end, report, late)
            : Log.Finish(end, report);
        return invocation with { LogLines = lines };
    }
}
