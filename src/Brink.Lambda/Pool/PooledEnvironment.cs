using Brink.Lambda.Environments;

namespace Brink.Lambda.Pool;

/// <summary>An environment as the pool sees it: in its group, and with what the pool has noted about it.</summary>
internal sealed class PooledEnvironment
{
    public PooledEnvironment(EnvironmentGroup group, EnvironmentSetup setup)
    {
        Group = group;
        Environment = new ExecutionEnvironment(setup, answered: () => group.Answered(this), available: () => group.Available(this));
    }

    public EnvironmentGroup Group { get; }

    public ExecutionEnvironment Environment { get; }

    /// <summary>It has been started.</summary>
    public bool IsUp { get; set; }

    /// <summary>When it last became available.</summary>
    public long IdleSince { get; set; }

    /// <summary>When it was last given an invocation.</summary>
    public long TakenAt { get; set; }

    /// <summary>When it was last given an invocation, or looked at whether it sleeps.</summary>
    public long LookedAt { get; set; }
}
