using System.Collections.Concurrent;
using System.Net.Sockets;
using Brink.Lambda.Environments;
using Brink.Lambda.Processes;
using Brink.Lambda.Runtimes;
using Brink.Lambda.Versions;

namespace Brink.Lambda.Pool;

/// <summary>
/// Runs invocations in warm environments: one invocation at a time in each, more environments when more come at once, fewer when they have
/// been idle. An invocation that finds none idle waits for a new one or for one that becomes free, whichever comes first.
/// </summary>
public sealed class LambdaPool : IAsyncDisposable
{
    private readonly LambdaPoolOptions _options;
    private readonly IProcessSandbox _sandbox;
    private readonly TimeProvider _time;
    private readonly RunFolder _folder;
    private readonly ITimer _reaper;
    private readonly ITimer? _freezer;
    private readonly SemaphoreSlim _starting;
    private readonly ConcurrentDictionary<(FunctionVersion, Region), EnvironmentGroup> _groups = new();
    private readonly ConcurrentDictionary<Region, Concurrency> _regions = new();
    // Also those of versions that are retired: none may outlive the pool.
    private readonly ConcurrentDictionary<PooledEnvironment, bool> _all = new();
    private int _environments;
    private volatile bool _disposed;

    /// <summary>An empty pool.</summary>
    public LambdaPool(LambdaPoolOptions options, IProcessSandbox sandbox, TimeProvider time)
    {
        (_options, _sandbox, _time) = (options, sandbox, time);
        _folder = RunFolder.Create(options.TemporaryFolder);
        _starting = new SemaphoreSlim(options.MaxStarting);
        var period = options.IdleTimeout / 4;
        _reaper = time.CreateTimer(static pool => ((LambdaPool)pool!).RemoveIdle(), this, period, period);
        if (options.FreezeAfter is { } delay)
            _freezer = time.CreateTimer(static pool => ((LambdaPool)pool!).FreezeIdle(), this, delay, delay);
    }

    /// <summary>Environments there are, of whatever state.</summary>
    public int EnvironmentCount => Volatile.Read(ref _environments);

    /// <summary>The processes there are now.</summary>
    public IReadOnlyList<int> ProcessIds() => [.. _all.Keys.Select(pooled => pooled.Environment.Pid).OfType<int>()];

    /// <summary>
    /// Runs a function on one event. A function that fails, a limit or a machine that cannot is an outcome, never an exception. The event
    /// must not change until the task is complete. When the caller gives up, an invocation that has begun runs on to its end, as at AWS.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async ValueTask<Invocation> InvokeAsync(
        FunctionVersion version, Region region, ReadOnlyMemory<byte> eventJson, InvocationLimits limits,
        CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var pending = new PendingInvocation(version, eventJson, limits);
        var concurrency = _regions.GetOrAdd(region, static _ => new Concurrency());
        if (Interlocked.Increment(ref concurrency.Running) > _options.ConcurrencyPerRegion)
        {
            Interlocked.Decrement(ref concurrency.Running);
            var reason = $"{_options.ConcurrencyPerRegion} invocations at once in {region} are the limit";
            return NotRun(pending, new InvocationOutcome.Throttled(reason));
        }
        try
        {
            var group = GroupOf(version, region);
            if (group.Problem is { } problem)
                return NotRun(pending, new InvocationOutcome.NotStarted(problem));
            if (group.TakeIdleOrWait(pending) is { } idle)
                idle.Environment.Take(pending);
            else
                await WaitForEnvironmentAsync(group, pending, cancellationToken);
            return await pending.Completion.WaitAsync(cancellationToken);
        }
        finally
        {
            // An invocation whose caller gave up still runs.
            if (pending.Completion.IsCompleted || pending.TryTake())
                Interlocked.Decrement(ref concurrency.Running);
            else
                _ = EndLaterAsync(pending, concurrency);
        }
    }

    private static async Task EndLaterAsync(PendingInvocation pending, Concurrency concurrency)
    {
        await pending.Completion;
        Interlocked.Decrement(ref concurrency.Running);
    }

    /// <summary>
    /// Brings up environments ahead of the first invocation. Returns why one did not come up, in a sentence; null when all did.
    /// </summary>
    public async Task<string?> PrewarmAsync(FunctionVersion version, Region region, int count)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var group = GroupOf(version, region);
        if (group.Problem is { } problem)
            return problem;
        var starts = new List<Task<string?>>();
        for (var started = 0; started < count; started++)
        {
            if (!TryReserve(group))
            {
                var reason = $"this machine runs at most {_options.MaxEnvironments} environments, and none of them is idle";
                starts.Add(Task.FromResult<string?>(reason));
                break;
            }
            group.BeginStart();
            starts.Add(StartAsync(group, isWanted: static () => true));
        }
        var failures = await Task.WhenAll(starts);
        return failures.FirstOrDefault(failure => failure is not null);
    }

    /// <summary>The version is no longer used: invocations under way run to their end, its environments go.</summary>
    public async Task RetireAsync(FunctionVersion version)
    {
        foreach (var (key, group) in _groups.Where(entry => entry.Key.Item1 == version))
        {
            _groups.TryRemove(key, out _);
            if (group.Setup?.Zygote is { } zygote)
                await zygote.DisposeAsync();
            await Task.WhenAll(group.Retire().Select(RemoveAsync));
        }
    }

    /// <summary>Ends every process and removes every file. Invocations under way end as ones whose process was killed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _reaper.DisposeAsync();
        if (_freezer is not null)
            await _freezer.DisposeAsync();
        foreach (var group in _groups.Values)
        {
            group.Retire();
            GiveUpWaiting(group);
        }
        // A start under way adds one more, or sees that the pool ends: when all places are taken here, none is under way.
        for (var place = 0; place < _options.MaxStarting; place++)
            await Task.WhenAll(_starting.WaitAsync(), Task.WhenAll(_all.Keys.Select(RemoveAsync)));
        // Those that began to wait meanwhile.
        foreach (var group in _groups.Values)
            GiveUpWaiting(group);
        await Task.WhenAll(_groups.Values.Select(group => group.Setup?.Zygote?.DisposeAsync().AsTask() ?? Task.CompletedTask));
        _folder.Dispose();
    }

    private static void GiveUpWaiting(EnvironmentGroup group)
    {
        while (group.GiveUpOne(static pending => NotRun(pending, new InvocationOutcome.NotStarted("brink is stopping"))))
        {
        }
    }

    internal void Kick()
    {
        foreach (var group in _groups.Values)
        {
            if (group.WaitingCount > 0)
                Grow(group);
        }
    }

    internal void Discard(PooledEnvironment environment) => _ = RemoveAsync(environment);

    /// <summary>Invocations of other functions wait for room, and there is none: an environment that becomes free should make it.</summary>
    internal bool IsCrowded(EnvironmentGroup except) => Volatile.Read(ref _environments) >= _options.MaxEnvironments
        && _groups.Values.Any(group => group != except && group.WaitingCount > 0 && group.Count == 0);

    private EnvironmentGroup GroupOf(FunctionVersion version, Region region)
    {
        if (_groups.TryGetValue((version, region), out var known) && known.Problem is null)
            return known;
        // A problem is looked at again with every invocation: an interpreter can be installed meanwhile.
        var (command, problem) = _options.Interpreters.CommandFor(version.Runtime, version.CodeFolder);
        if (command is null)
            return new EnvironmentGroup(this, null, problem, _options, _time);
        var setup = new EnvironmentSetup(version, region, command, _folder, _sandbox, _options.Log, _time);
        return _groups.GetOrAdd((version, region), new EnvironmentGroup(this, setup, null, _options, _time));
    }

    private async Task WaitForEnvironmentAsync(EnvironmentGroup group, PendingInvocation pending, CancellationToken cancellationToken)
    {
        Grow(group);
        // The code has its time to load, and an invocation ahead its time to run; a longer wait would not help.
        var patience = group.IsDebugged ? Timeout.InfiniteTimeSpan : ExecutionEnvironment.InitLimit + pending.Timeout;
        await using var timer = _time.CreateTimer(_ => GiveUp(pending, patience), null, patience, Timeout.InfiniteTimeSpan);
        await pending.Completion.WaitAsync(cancellationToken);
    }

    private void GiveUp(PendingInvocation pending, TimeSpan waited)
    {
        if (!pending.TryTake())
            return;
        var reason = $"no environment became free within {waited.TotalSeconds:0.##} seconds; "
            + $"this machine runs at most {_options.MaxEnvironments}";
        pending.Complete(NotRun(pending, new InvocationOutcome.Throttled(reason)));
    }

    /// <summary>
    /// Gives what waits to idle environments as far as cores are free, then starts as many as invocations still wait, within the machine's
    /// limits.
    /// </summary>
    internal void Grow(EnvironmentGroup group)
    {
        while (!_disposed && group.TakeIdleAndWaiting() is var (idle, pending))
            idle.Environment.Take(pending);
        while (!_disposed && group.TryBeginNeededStart())
        {
            if (!TryReserve(group))
            {
                group.EndStart();
                return;
            }
            _ = StartAsync(group, isWanted: group.IsStartStillNeeded);
        }
    }

    /// <summary>A place for one more environment, made if need be. The caller starts an environment in it, or gives it back.</summary>
    private bool TryReserve(EnvironmentGroup group)
    {
        while (true)
        {
            var count = Volatile.Read(ref _environments);
            if (count >= _options.MaxEnvironments)
            {
                if (!MakeRoom(group))
                    return false;
            }
            else if (Interlocked.CompareExchange(ref _environments, count + 1, count) == count)
            {
                return true;
            }
        }
    }

    /// <summary>
    /// Starts one environment that counts as starting, in a place that was reserved, unless it is no longer needed when its turn comes.
    /// Returns why it did not come up.
    /// </summary>
    private async Task<string?> StartAsync(EnvironmentGroup group, Func<bool> isWanted)
    {
        await _starting.WaitAsync();
        try
        {
            if (_disposed || !isWanted())
            {
                GiveBack(group);
                return null;
            }
            PooledEnvironment environment;
            try
            {
                environment = new PooledEnvironment(group, group.Setup!);
            }
            catch (Exception failure)
                when (failure is IOException or UnauthorizedAccessException or ProcessStartException or SocketException)
            {
                GiveBack(group);
                group.GiveUpOne(pending => NotRun(pending, new InvocationOutcome.NotStarted(failure.Message)));
                return failure.Message;
            }
            _all[environment] = true;
            group.Add(environment);
            if (_disposed)
            {
                group.EndStart();
                await RemoveAsync(environment);
                return null;
            }
            var failed = await environment.Environment.StartAsync();
            // Down or not, it can take an invocation: the first one tries once more (lambda-edge spec 6.1).
            group.Started(environment);
            return failed?.InFull(group.Setup!.Version.CodeFolder);
        }
        finally
        {
            _starting.Release();
            Grow(group);
        }
    }

    private void GiveBack(EnvironmentGroup group)
    {
        group.EndStart();
        Interlocked.Decrement(ref _environments);
        if (!_disposed)
            Kick();
    }

    /// <summary>The environment that has been idle the longest goes, if another function has one.</summary>
    private bool MakeRoom(EnvironmentGroup group)
    {
        EnvironmentGroup? victim = null;
        var since = long.MaxValue;
        foreach (var other in _groups.Values)
        {
            if (other != group && other.OldestIdle is { } idle && idle < since)
                (victim, since) = (other, idle);
        }
        if (victim?.TryTakeOldestIdle() is not { } environment)
            return false;
        Discard(environment);
        return true;
    }

    private void RemoveIdle()
    {
        var before = _time.GetTimestamp() - (long)(_options.IdleTimeout.TotalSeconds * _time.TimestampFrequency);
        foreach (var group in _groups.Values)
        {
            while (!group.IsDebugged && group.TryTakeOldestIdle(before) is { } environment)
                Discard(environment);
        }
    }

    private void FreezeIdle()
    {
        var before = _time.GetTimestamp() - (long)(_options.FreezeAfter!.Value.TotalSeconds * _time.TimestampFrequency);
        foreach (var group in _groups.Values)
            group.FreezeIdle(before);
    }

    private async Task RemoveAsync(PooledEnvironment environment)
    {
        if (environment.Group.Remove(environment))
            Interlocked.Decrement(ref _environments);
        await environment.Environment.DisposeAsync();
        _all.TryRemove(environment, out _);
        if (!_disposed)
            Kick();
    }

    private static Invocation NotRun(PendingInvocation pending, InvocationOutcome outcome) =>
        new() { RequestId = pending.RequestId, Outcome = outcome };

    private sealed class Concurrency
    {
        public int Running;
    }
}
