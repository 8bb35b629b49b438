using System.Collections.Immutable;
using System.Security.Cryptography;
using Brink.ContinuousDeployment;

namespace Brink.Edge.Configuration;

/// <summary>
/// Joins primary distributions with their staging distributions (distribution spec 2.13). What cannot be joined is an error: no request
/// would reach it.
/// </summary>
/// <param name="distributions">All.</param>
/// <param name="before">The snapshot that served before: sessions of policies that go on keep their keys. Null for none.</param>
internal sealed class DeploymentJoin(IReadOnlyList<LiveDistribution> distributions, EdgeSnapshot? before)
{
    private readonly ImmutableArray<DeploymentMistake>.Builder _mistakes = ImmutableArray.CreateBuilder<DeploymentMistake>();

    /// <summary>What cannot be joined, and why. Complete after <see cref="Serving"/>.</summary>
    public ImmutableArray<DeploymentMistake> Mistakes => _mistakes.ToImmutable();

    /// <summary>The staging distributions, which answer to no name.</summary>
    public ImmutableArray<LiveDistribution> Staging { get; } = [.. distributions.Where(live => live.Distribution.Staging)];

    /// <summary>The other distributions, each with the policy that is in effect on it.</summary>
    public ImmutableArray<LiveDistribution> Serving()
    {
        var named = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var serving = ImmutableArray.CreateBuilder<LiveDistribution>();
        foreach (var live in distributions.Where(live => !live.Distribution.Staging))
        {
            if (live.Distribution.ContinuousDeploymentPolicy is not { } policy)
            {
                serving.Add(live);
                continue;
            }
            named.Add(policy.StagingDistributionDnsName);
            serving.Add(live with { Deployment = Join(live, policy) });
        }
        foreach (var staging in Staging.Where(staging => !named.Contains(staging.Distribution.DomainName)))
        {
            _mistakes.Add(new DeploymentMistake(
                staging,
                $"this is a staging distribution, {staging.Distribution.DomainName}, and no continuous deployment policy of another "
                + "distribution names it, so it would get no request: give its primary with --distribution, or set Staging to false"));
        }
        return serving.ToImmutable();
    }

    private LiveDeployment? Join(LiveDistribution primary, ContinuousDeploymentPolicy policy)
    {
        var name = policy.StagingDistributionDnsName;
        var staging = distributions.FirstOrDefault(
            live => live.Distribution.DomainName.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (staging is { Distribution.Staging: false })
        {
            _mistakes.Add(new DeploymentMistake(
                primary,
                $"the continuous deployment policy {policy.Id} names {name}, which is no staging distribution: its Staging is not true"));
            return null;
        }
        // A policy that is not in effect may stay when its staging distribution has gone.
        if (!policy.Enabled)
            return null;
        if (staging is null)
        {
            _mistakes.Add(new DeploymentMistake(
                primary,
                $"the continuous deployment policy {policy.Id} names the staging distribution {name}, and no distribution has that domain "
                + "name: give what aws cloudfront get-distribution --id ID prints, which says the name, with --distribution"));
            return null;
        }
        return staging.Distribution.Enabled ? new LiveDeployment(policy, staging, SessionKey(policy)) : null;
    }

    private byte[]? SessionKey(ContinuousDeploymentPolicy policy)
    {
        if (policy.Traffic is not TrafficConfig.SingleWeight { Stickiness: not null })
            return null;
        // Sessions end when the policy or its stickiness was off in between: then the snapshot before has no key.
        var last = before?.Distributions.FirstOrDefault(live => live.Deployment?.Policy.Id == policy.Id)?.Deployment;
        return last?.SessionKey ?? RandomNumberGenerator.GetBytes(StickySession.KeyBytes);
    }
}

/// <summary>Why a distribution has no part in a continuous deployment that it should have one in.</summary>
/// <param name="Distribution">The primary, or the staging distribution.</param>
/// <param name="Message">One sentence.</param>
public sealed record DeploymentMistake(LiveDistribution Distribution, string Message);
