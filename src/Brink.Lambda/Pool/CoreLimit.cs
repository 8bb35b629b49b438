namespace Brink.Lambda.Pool;

/// <summary>
/// How many environments of a function compute at once: no more than there are cores, where its invocations are short. One more would only
/// take turns with them, and a process that lost its turn gets the next one after milliseconds, while the invocation takes a fraction of
/// one.
///
/// What waits for the network keeps no core. So an environment whose invocation runs for longer than a short one is looked at: once its
/// process is seen asleep it no longer counts. One that goes on computing counts until <see cref="LambdaPoolOptions.StartGrace"/> is over.
/// </summary>
/// <remarks>Not safe for several threads: the group's lock guards it.</remarks>
internal sealed class CoreLimit(LambdaPoolOptions options, TimeProvider time)
{
    private readonly HashSet<PooledEnvironment> _computing = [];
    // What the shortest of the last invocations took, in the clock's ticks. It rises slowly: at a machine's limit all look long.
    private double _shortest = double.PositiveInfinity;

    /// <summary>The function's invocations are so short that they wait for nothing but a core.</summary>
    public bool IsShort => _shortest < options.ShortInvocation.TotalSeconds * time.TimestampFrequency;

    /// <summary>It is given an invocation.</summary>
    public void Began(PooledEnvironment environment)
    {
        environment.TakenAt = environment.LookedAt = time.GetTimestamp();
        _computing.Add(environment);
    }

    /// <summary>Its invocation is over, or it is gone.</summary>
    public void Ended(PooledEnvironment environment) => _computing.Remove(environment);

    /// <summary>What an invocation took, in the clock's ticks.</summary>
    public void Took(long duration) => _shortest = Math.Min(duration, _shortest * (1 + 1 / 64.0));

    /// <summary>As many compute as there are cores: one that begins now would take turns with them.</summary>
    public bool IsReached()
    {
        if (!IsShort || _computing.Count < options.Cores)
            return false;
        var now = time.GetTimestamp();
        foreach (var environment in _computing)
        {
            if (!KeepsItsCore(environment, now))
                _computing.Remove(environment);
        }
        return _computing.Count >= options.Cores;
    }

    private bool KeepsItsCore(PooledEnvironment environment, long now)
    {
        if (time.GetElapsedTime(environment.TakenAt, now) >= options.StartGrace)
            return false;
        if (time.GetElapsedTime(environment.LookedAt, now) < options.ShortInvocation)
            return true;
        environment.LookedAt = now;
        return !environment.Environment.IsAsleep;
    }
}
