using Brink.Lambda.Environments;

namespace Brink.Lambda.Pool;

/// <summary>The environments of one version in one region, and the invocations that wait for one.</summary>
internal sealed class EnvironmentGroup(
    LambdaPool pool, EnvironmentSetup? setup, string? problem, LambdaPoolOptions options, TimeProvider time)
{
    private const int MovingQueuePatience = 10;

    private readonly Lock _gate = new();
    private readonly HashSet<PooledEnvironment> _all = [];
    // The last one used is used next, so that the others become idle for long. Hence the one idle for the longest comes first.
    private readonly List<PooledEnvironment> _idle = [];
    // Those that have answered and will soon ask for the next event. Nearly always empty: our own bootstraps answer and ask in one piece.
    private readonly List<PooledEnvironment> _answered = [];
    private readonly Queue<PendingInvocation> _waiting = new();
    private readonly CoreLimit _cores = new(options, time);
    private ITimer? _timer;
    private long _looksAgainAt = long.MaxValue;
    private int _starting, _up;
    private long _lastStarted, _lastFreed;
    private bool _retired;

    public EnvironmentSetup? Setup => setup;

    /// <summary>A debugger may attach: there is one environment, which stays.</summary>
    public bool IsDebugged => setup?.Version.Debugger is not null;

    /// <summary>Why no environment can be started at all.</summary>
    public string? Problem => problem;

    public int WaitingCount
    {
        get
        {
            lock (_gate)
            {
                ForgetWhoGaveUp();
                return _waiting.Count;
            }
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

    public long? OldestIdle
    {
        get
        {
            lock (_gate)
                return _idle.Count > 0 ? _idle[0].IdleSince : null;
        }
    }

    /// <summary>An idle environment for this invocation, which is taken then; else it waits from now on.</summary>
    public PooledEnvironment? TakeIdleOrWait(PendingInvocation pending)
    {
        lock (_gate)
        {
            ForgetWhoGaveUp();
            // What waits already comes first.
            if (_idle.Count > 0 && _waiting.Count == 0 && !_cores.IsReached())
            {
                pending.TryTake();
                return TakeLastIdle();
            }
            pending.WaitsSince = time.GetTimestamp();
            _waiting.Enqueue(pending);
            return null;
        }
    }

    /// <summary>
    /// An idle environment and the invocation that has waited the longest, now that a core is free for them. Null where none waits or none
    /// is idle, or where the cores are taken; that is looked at again soon.
    /// </summary>
    public (PooledEnvironment Environment, PendingInvocation Pending)? TakeIdleAndWaiting()
    {
        lock (_gate)
        {
            ForgetWhoGaveUp();
            if (_idle.Count == 0 || _waiting.Count == 0)
                return null;
            if (_cores.IsReached())
            {
                LookAgainIn(options.ShortInvocation);
                return null;
            }
            return NextWaiting() is { } pending ? (TakeLastIdle(), pending) : null;
        }
    }

    /// <summary>The one idle for the longest, if that was before the time given.</summary>
    public PooledEnvironment? TryTakeOldestIdle(long before = long.MaxValue)
    {
        lock (_gate)
        {
            if (_idle.Count == 0 || _idle[0].IdleSince > before)
                return null;
            var first = _idle[0];
            _idle.RemoveAt(0);
            return first;
        }
    }

    /// <summary>Holds still those that have been idle since before the time given. They stay idle.</summary>
    public void FreezeIdle(long before)
    {
        PooledEnvironment[] still;
        lock (_gate)
            still = [.. _idle.Where(environment => environment.IdleSince <= before && !environment.Environment.IsFrozen)];
        foreach (var environment in still)
            environment.Environment.Freeze();
    }

    /// <summary>
    /// More invocations wait than will soon be taken. If so one more environment counts as starting from now on, and the caller starts it.
    /// Else it is looked at again when the invocation that waits the longest has waited for the grace.
    /// </summary>
    public bool TryBeginNeededStart()
    {
        lock (_gate)
        {
            ForgetWhoGaveUp();
            // A debugger looks at one process. Where one is idle, cores are what is missing.
            if (_waiting.Count <= _starting || _idle.Count > 0 || (IsDebugged && (_all.Count > 0 || _starting > 0)))
                return false;
            if (WaitWorthwhile(_waiting.Count - _starting) is { } rest)
            {
                LookAgainIn(rest);
                return false;
            }
            _starting++;
            return true;
        }
    }

    /// <summary>A start that had to wait for its turn is needed still.</summary>
    public bool IsStartStillNeeded()
    {
        lock (_gate)
        {
            ForgetWhoGaveUp();
            // Without itself: as it was judged when it began to count.
            var unserved = _waiting.Count - (_starting - 1);
            return unserved > 0 && _idle.Count == 0 && WaitWorthwhile(unserved, isAboutToStart: true) is null;
        }
    }

    /// <summary>
    /// How much longer invocations should wait before another environment is started for them; null: no longer. Under the lock.
    /// </summary>
    private TimeSpan? WaitWorthwhile(int unserved, bool isAboutToStart = false)
    {
        var keepsCoresBusy = KeepsCoresBusy();
        if (unserved > _answered.Count && !keepsCoresBusy)
            return null;
        var since = _waiting.Peek().WaitsSince;
        var grace = options.StartGrace;
        if (keepsCoresBusy)
        {
            if (_starting > 0 && !isAboutToStart)
                return grace;
            // A long queue that moves is no reason for haste, and each new environment gets the time to show what it changes.
            since = Math.Max(since, _lastStarted);
            if (time.GetTimestamp() - _lastFreed < grace.TotalSeconds * time.TimestampFrequency)
                grace *= MovingQueuePatience;
        }
        var rest = grace - time.GetElapsedTime(since);
        return rest <= TimeSpan.Zero ? null : rest < options.StartGrace ? rest : options.StartGrace;
    }

    public void BeginStart()
    {
        lock (_gate)
            _starting++;
    }

    /// <summary>What counted as starting will not come.</summary>
    public void EndStart()
    {
        lock (_gate)
            _starting--;
    }

    /// <summary>The invocation that waited the longest gets no environment. False: none waits.</summary>
    public bool GiveUpOne(Func<PendingInvocation, Invocation> answer)
    {
        if (NextWaiting() is not { } pending)
            return false;
        pending.Complete(answer(pending));
        return true;
    }

    public void Add(PooledEnvironment environment)
    {
        lock (_gate)
            _all.Add(environment);
    }

    /// <summary>False when it has been removed before.</summary>
    public bool Remove(PooledEnvironment environment)
    {
        lock (_gate)
        {
            _idle.Remove(environment);
            _answered.Remove(environment);
            _cores.Ended(environment);
            if (!_all.Remove(environment))
                return false;
            if (environment.IsUp)
                _up--;
            return true;
        }
    }

    /// <summary>No environment stays after its invocation. Returns those that are idle now.</summary>
    public PooledEnvironment[] Retire()
    {
        lock (_gate)
        {
            _retired = true;
            PooledEnvironment[] idle = [.. _idle];
            _idle.Clear();
            return idle;
        }
    }

    /// <summary>It has answered, but not asked for the next event.</summary>
    public void Answered(PooledEnvironment environment)
    {
        lock (_gate)
        {
            _cores.Ended(environment);
            _answered.Add(environment);
        }
    }

    /// <summary>It can take an invocation.</summary>
    public void Available(PooledEnvironment environment) => Available(environment, isNew: false);

    /// <summary>An environment that counted as starting is there.</summary>
    public void Started(PooledEnvironment environment) => Available(environment, isNew: true);

    private void Available(PooledEnvironment environment, bool isNew)
    {
        var isCrowded = pool.IsCrowded(this);
        PendingInvocation? next;
        lock (_gate)
        {
            if (isNew)
            {
                (_starting, _up, _lastStarted) = (_starting - 1, _up + 1, time.GetTimestamp());
                environment.IsUp = true;
            }
            if (_answered.Count > 0)
                _answered.Remove(environment);
            if (environment.Environment.LastDuration is > 0 and var duration)
            {
                _cores.Took(duration);
                _lastFreed = time.GetTimestamp();
            }
            _cores.Ended(environment);
            // Where no others are left to take what waits, this one does.
            next = _retired || isCrowded || _waiting.Count == 0 || !_cores.IsReached() ? NextWaiting() : null;
            if (next is not null)
                _cores.Began(environment);
            if (next is null && !_retired && !isCrowded && _all.Contains(environment))
            {
                environment.IdleSince = time.GetTimestamp();
                _idle.Add(environment);
                if (_waiting.Count > 0)
                    LookAgainIn(options.ShortInvocation);
                return;
            }
        }
        if (next is not null)
            environment.Environment.Take(next);
        else
            pool.Discard(environment);
    }

    private PooledEnvironment TakeLastIdle()
    {
        var last = _idle[^1];
        _idle.RemoveAt(_idle.Count - 1);
        _cores.Began(last);
        return last;
    }

    /// <summary>
    /// As many environments as there are cores are at work, on invocations so short that they wait for nothing but a core: more
    /// environments would only take turns with them. Under the lock.
    /// </summary>
    private bool KeepsCoresBusy() => _cores.IsShort && _up - _idle.Count - _answered.Count >= options.Cores;

    private void LookAgainIn(TimeSpan rest)
    {
        // The earlier look looks at everything, and sees itself when the next one is due.
        var at = time.GetTimestamp() + (long)(rest.TotalSeconds * time.TimestampFrequency);
        if (at >= _looksAgainAt)
            return;
        _looksAgainAt = at;
        _timer ??= time.CreateTimer(
            static group => ((EnvironmentGroup)group!).LookAgain(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(rest, Timeout.InfiniteTimeSpan);
    }

    private void LookAgain()
    {
        lock (_gate)
            _looksAgainAt = long.MaxValue;
        pool.Grow(this);
    }

    private PendingInvocation? NextWaiting()
    {
        lock (_gate)
        {
            while (_waiting.TryDequeue(out var pending))
            {
                if (pending.TryTake())
                    return pending;
            }
            return null;
        }
    }

    private void ForgetWhoGaveUp()
    {
        while (_waiting.TryPeek(out var pending) && pending.IsTaken)
            _waiting.Dequeue();
    }
}
