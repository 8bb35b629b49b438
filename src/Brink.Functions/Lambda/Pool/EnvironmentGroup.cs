namespace Brink.Functions.Lambda;

/// <summary>The environments of one version in one region, and the invocations that wait for one.</summary>
internal sealed class EnvironmentGroup(LambdaPool pool, EnvironmentSetup? setup, string? problem, TimeProvider time) : IEnvironmentOwner
{
    private readonly Lock _gate = new();
    private readonly HashSet<ExecutionEnvironment> _all = [];
    // The last one used is used next: the others get the chance to be idle for long.
    private readonly LinkedList<ExecutionEnvironment> _idle = [];
    private readonly Queue<PendingInvocation> _waiting = new();
    private int _starting;
    private bool _retired;

    public EnvironmentSetup? Setup => setup;

    /// <summary>There is a door for a debugger: one environment, which stays.</summary>
    public bool IsDebugged => setup?.Version.Debugger is not null;

    /// <summary>Why no environment can be started at all.</summary>
    public string? Problem => problem;

    public int WaitingCount
    {
        get
        {
            lock (_gate)
                return _waiting.Count;
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
                return _all.Count;
        }
    }

    /// <summary>More invocations wait than environments are on their way.</summary>
    public bool NeedsMore
    {
        get
        {
            lock (_gate)
                return _waiting.Count > _starting;
        }
    }

    public long? OldestIdle
    {
        get
        {
            lock (_gate)
                return _idle.First?.Value.IdleSince;
        }
    }

    /// <summary>An idle environment for this invocation, which is taken then; else it waits from now on.</summary>
    public ExecutionEnvironment? TakeIdleOrWait(PendingInvocation pending)
    {
        lock (_gate)
        {
            if (_idle.Last is { } last)
            {
                _idle.RemoveLast();
                pending.TryTake();
                return last.Value;
            }
            _waiting.Enqueue(pending);
            return null;
        }
    }

    /// <summary>The one idle for the longest, if that was before the time given.</summary>
    public ExecutionEnvironment? TryTakeOldestIdle(long before = long.MaxValue)
    {
        lock (_gate)
        {
            if (_idle.First is not { } first || first.Value.IdleSince > before)
                return null;
            _idle.RemoveFirst();
            return first.Value;
        }
    }

    public void BeginStart()
    {
        lock (_gate)
            _starting++;
    }

    public void EndStart()
    {
        lock (_gate)
            _starting--;
    }

    /// <summary>Whoever waited the longest is told that there will be no environment.</summary>
    public void GiveUpOne(Func<PendingInvocation, Invocation> answer)
    {
        if (NextWaiting() is { } pending)
            pending.Complete(answer(pending));
    }

    public void Add(ExecutionEnvironment environment)
    {
        lock (_gate)
            _all.Add(environment);
    }

    /// <summary>False when somebody else has removed it.</summary>
    public bool Remove(ExecutionEnvironment environment)
    {
        lock (_gate)
        {
            _idle.Remove(environment);
            return _all.Remove(environment);
        }
    }

    /// <summary>No environment stays after its invocation. Returns those that are idle now.</summary>
    public ExecutionEnvironment[] Retire()
    {
        lock (_gate)
        {
            _retired = true;
            ExecutionEnvironment[] idle = [.. _idle];
            _idle.Clear();
            return idle;
        }
    }

    public void Available(ExecutionEnvironment environment)
    {
        if (NextWaiting() is { } pending)
        {
            environment.Take(pending);
            return;
        }
        var isCrowded = pool.IsCrowded(this);
        lock (_gate)
        {
            if (!_retired && !isCrowded && _all.Contains(environment))
            {
                // Somebody may have begun to wait since we looked.
                if (_waiting.Count == 0)
                {
                    environment.IdleSince = time.GetTimestamp();
                    _idle.AddLast(environment);
                    return;
                }
            }
            else
            {
                isCrowded = true;
            }
        }
        if (isCrowded)
            pool.Discard(environment);
        else
            Available(environment);
    }

    private PendingInvocation? NextWaiting()
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var pending))
            {
                // Who gave up is still in the queue.
                if (pending.TryTake())
                    return pending;
            }
            return null;
        }
    }
}
