using Brink.ContinuousDeployment;

namespace Brink.Edge.Configuration;

/// <summary>A continuous deployment policy in effect on a primary distribution (distribution spec 2.13).</summary>
public sealed class LiveDeployment
{
    internal LiveDeployment(ContinuousDeploymentPolicy policy, LiveDistribution staging, byte[]? sessionKey) =>
        (Policy, Staging, SessionKey) = (policy, staging, sessionKey);

    /// <summary>The policy, which is enabled.</summary>
    public ContinuousDeploymentPolicy Policy { get; }

    /// <summary>The staging distribution, which is enabled.</summary>
    public LiveDistribution Staging { get; }

    /// <summary>What signs sessions; null where viewers have none.</summary>
    internal byte[]? SessionKey { get; }
}
