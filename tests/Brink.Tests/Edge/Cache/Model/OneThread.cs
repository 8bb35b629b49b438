using System.Collections.Concurrent;

namespace Brink.Tests.Edge.Cache.Model;

/// <summary>
/// Runs asynchronous work on one thread, step by step, until it is done and at rest: the next request meets no other, and a seed means the
/// same run every time.
/// </summary>
internal sealed class OneThread : SynchronizationContext
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly BlockingCollection<(SendOrPostCallback Work, object? State)> _queue = [];

    public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    /// <summary>Runs it, and all that it leaves behind.</summary>
    /// <param name="work">The work.</param>
    /// <param name="isAtRest">Whether nothing is under way.</param>
    public T Run<T>(Func<Task<T>> work, Func<bool> isAtRest)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var running = work();
            while (_queue.TryTake(out var next) || !(running.IsCompleted && isAtRest()))
            {
                if (next.Work is null && !_queue.TryTake(out next, Patience))
                    throw new TimeoutException($"nothing is left to do, and {(running.IsCompleted ? "a fetch is still under way" : "the request has no answer")}");
                next.Work!(next.State);
            }
            return running.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
