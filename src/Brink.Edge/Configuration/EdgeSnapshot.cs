using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Functions;
using Brink.Lambda;

namespace Brink.Edge.Configuration;

/// <summary>
/// The whole configuration an edge serves by, immutable. A writer builds the next one and swaps it in with one write
/// (<see cref="EdgeState"/>); readers take the reference once and keep it for the whole request.
/// </summary>
public sealed class EdgeSnapshot
{
    /// <summary>Nothing served yet.</summary>
    public static EdgeSnapshot Empty { get; } = new();

    /// <summary>The distributions.</summary>
    public ImmutableArray<LiveDistribution> Distributions { get; init; } = [];

    /// <summary>In development any Host is the distribution when there is just one (design: brink dev). Default false.</summary>
    public bool AnyHostIsTheOnlyDistribution { get; init; }

    /// <summary>The value of CloudFront-Viewer-Country for every viewer; null while no geo database is there. Default null.</summary>
    public string? ViewerCountry { get; init; }

    /// <summary>How S3 buckets are reached. Default each by its own name, unsigned.</summary>
    public S3Settings S3 { get; init; } = S3Settings.Default;

    private HostTable<LiveDistribution>? _hosts;

    /// <summary>Makes what the first requests would make: the table of hosts, the headers of each behavior.</summary>
    internal void Prepare()
    {
        DistributionFor("");
        foreach (var distribution in Distributions)
        {
            _ = distribution.DefaultBehavior.CloudFrontHeaders;
            foreach (var behavior in distribution.Behaviors)
                _ = behavior.CloudFrontHeaders;
        }
    }

    /// <summary>The distribution that serves this Host (port and letter case without meaning), or null: 403 (spec 1.1, stage 3).</summary>
    internal LiveDistribution? DistributionFor(ReadOnlySpan<char> host)
    {
        if (AnyHostIsTheOnlyDistribution && Distributions is [var only])
            return only.Distribution.Enabled ? only : null;

        // Built by the first request of a snapshot; two at once build the same table.
        var hosts = _hosts ??= new HostTable<LiveDistribution>(Distributions, static live => live.Distribution);
        return hosts.Find(host);
    }
}

/// <summary>A distribution with its functions resolved.</summary>
/// <param name="Distribution">The configuration.</param>
/// <param name="DefaultBehavior">The default behavior, live.</param>
/// <param name="Behaviors">The other behaviors, live, in order.</param>
public sealed record LiveDistribution(Distribution Distribution, LiveBehavior DefaultBehavior, ImmutableArray<LiveBehavior> Behaviors)
{
    /// <summary>First pattern that matches wins; the default behavior last.</summary>
    public LiveBehavior BehaviorFor(ReadOnlySpan<char> path)
    {
        foreach (var behavior in Behaviors)
        {
            if (behavior.Behavior.PathPattern.Matches(path))
                return behavior;
        }
        return DefaultBehavior;
    }
}

/// <summary>A behavior with its functions resolved.</summary>
/// <param name="Behavior">The configuration.</param>
/// <param name="Target">The origin that answers, or the two of a group.</param>
/// <param name="ViewerRequest">The function on viewer-request, or null.</param>
/// <param name="ViewerResponse">The function on viewer-response, or null.</param>
public sealed record LiveBehavior(CacheBehavior Behavior, OriginTarget Target, IEdgeFunction? ViewerRequest, IEdgeFunction? ViewerResponse)
{
    private CloudFrontHeaderValues? _cloudFrontHeaders;

    /// <summary>The functions of tier 2; null for none, and never on viewer events where one of tier 1 is.</summary>
    public LambdaTriggers? Lambda { get; init; }

    /// <summary>The CloudFront-* headers that the behavior's policies list.</summary>
    internal CloudFrontHeaderValues CloudFrontHeaders => _cloudFrontHeaders ??= new CloudFrontHeaderValues(Behavior);
}

/// <summary>The one reference every request starts from.</summary>
public sealed class EdgeState
{
    private volatile EdgeSnapshot _current = EdgeSnapshot.Empty;

    /// <summary>The snapshot to serve by; requests under way keep the one they have.</summary>
    public EdgeSnapshot Current => _current;

    /// <summary>Swaps in the next snapshot.</summary>
    public void Swap(EdgeSnapshot next) => _current = next;
}
