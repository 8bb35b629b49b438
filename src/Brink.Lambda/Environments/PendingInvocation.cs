using Brink.Lambda.Versions;

namespace Brink.Lambda.Environments;

/// <summary>An invocation that is not over: in the pool's queue, then in an environment.</summary>
internal sealed class PendingInvocation(FunctionVersion version, ReadOnlyMemory<byte> eventJson, InvocationLimits limits)
{
    private readonly TaskCompletionSource<Invocation> _completion = new();
    private int _taken;

    public string RequestId { get; } = Guid.NewGuid().ToString();

    /// <summary>The event; given up once it is on its way.</summary>
    public ReadOnlyMemory<byte> EventJson { get; private set; } = eventJson;

    public string? EdgeRequestId => limits.EdgeRequestId;

    /// <summary>What the invocation may take: the function's own timeout, or the caller's cap where that is shorter.</summary>
    public TimeSpan Timeout { get; } = limits.LongestTimeout < version.Timeout ? limits.LongestTimeout.Value : version.Timeout;

    /// <summary>Whether <see cref="Timeout"/> is the caller's.</summary>
    public bool TimeoutIsPlatforms { get; } = limits.LongestTimeout < version.Timeout;

    public Task<Invocation> Completion => _completion.Task;

    /// <summary>True once: the caller that gets it runs the invocation, or gives it up.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;

    /// <summary>When it began to wait for an environment; for the pool.</summary>
    public long WaitsSince { get; set; }

    /// <summary>It runs or has been given up.</summary>
    public bool IsTaken => Volatile.Read(ref _taken) != 0;

    public void Sent() => EventJson = default;

    /// <summary>It is over; the caller goes on on another thread, so this may be called under a lock.</summary>
    public void Complete(Invocation invocation) => ThreadPool.UnsafeQueueUserWorkItem(
        static state => state.Self.CompleteHere(state.Invocation), (Self: this, Invocation: invocation), preferLocal: false);

    /// <summary>It is over; the caller goes on right here, before this returns. Never under a lock.</summary>
    public void CompleteHere(Invocation invocation) => _completion.TrySetResult(invocation);
}
