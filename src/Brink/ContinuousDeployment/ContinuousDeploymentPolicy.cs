namespace Brink.ContinuousDeployment;

/// <summary>
/// Which requests for a primary distribution its staging distribution answers (distribution spec 2.13). The primary names the policy, the
/// policy the staging distribution.
/// </summary>
/// <param name="Id">Its id.</param>
/// <param name="StagingDistributionDnsName">The domain name of the staging distribution, lower case.</param>
/// <param name="Enabled">Whether it is in effect; without that the primary answers everything.</param>
/// <param name="Traffic">Which requests; null, of a policy that is not enabled, for none.</param>
public sealed record ContinuousDeploymentPolicy(string Id, string StagingDistributionDnsName, bool Enabled, TrafficConfig? Traffic);

/// <summary>How requests for the staging distribution are known.</summary>
public abstract record TrafficConfig
{
    private TrafficConfig() { }

    /// <summary>They have a header with one value.</summary>
    /// <param name="Header">The name, which begins with <see cref="HeaderPrefix"/>; letter case does not count.</param>
    /// <param name="Value">The whole value; letter case counts.</param>
    public sealed record SingleHeader(string Header, string Value) : TrafficConfig;

    /// <summary>They are drawn.</summary>
    /// <param name="PerMillion">How many of a million.</param>
    /// <param name="Stickiness">How long a viewer stays with what was drawn; null draws for each request.</param>
    public sealed record SingleWeight(int PerMillion, SessionStickiness? Stickiness) : TrafficConfig;

    /// <summary>What the name of a header begins with that may choose the staging distribution.</summary>
    public const string HeaderPrefix = "aws-cf-cd-";
}

/// <summary>How long the requests of a viewer are one session, which one distribution serves.</summary>
/// <param name="IdleTtl">IdleTTL: it ends when no request has come for that long.</param>
/// <param name="MaximumTtl">MaximumTTL: it ends then, whatever comes. Not shorter than <paramref name="IdleTtl"/>.</param>
public sealed record SessionStickiness(TimeSpan IdleTtl, TimeSpan MaximumTtl);
