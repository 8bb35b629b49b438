using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Brink.Distributions;
using Brink.Edge.Geography;
using Brink.Http;
using Brink.Edge.Logs;
using Brink.PrivateContent;

namespace Brink.Edge.Configuration;

/// <summary>
/// The whole configuration an edge serves by, immutable. A writer builds the next one and swaps it in with one write
/// (<see cref="EdgeState"/>); readers take the reference once and keep it for the whole request.
/// </summary>
public sealed class EdgeSnapshot
{
    /// <summary>Nothing served yet.</summary>
    public static EdgeSnapshot Empty { get; } = new();

    /// <summary>The distributions that answer to names.</summary>
    public ImmutableArray<LiveDistribution> Distributions { get; init; } = [];

    /// <summary>
    /// Staging distributions, which answer to none: those that get requests do so through the <see cref="LiveDistribution.Deployment"/> of
    /// their primary.
    /// </summary>
    public ImmutableArray<LiveDistribution> StagingDistributions { get; init; } = [];

    /// <summary>Those of both kinds.</summary>
    public IEnumerable<LiveDistribution> AllDistributions => Distributions.Concat(StagingDistributions);

    /// <summary>In development any Host is the distribution when there is just one. Default false.</summary>
    public bool AnyHostIsTheOnlyDistribution { get; init; }

    /// <summary>Where all viewers are, whatever <see cref="Places"/> say. Default null: they say it.</summary>
    public string? ViewerCountry { get; init; }

    /// <summary>By which viewers' places are found. Default none: no place is known.</summary>
    public GeoDatabases Places { get; init; } = GeoDatabases.None;

    /// <summary>How S3 buckets are reached. Default each by its own name, unsigned.</summary>
    public S3Settings S3 { get; init; } = S3Settings.Default;

    private HostTable<LiveDistribution>? _hosts;
    private FrozenDictionary<LiveDistribution, ViewerTls>? _tls;
    private StrongBox<ViewerQuestions>? _questions;

    /// <summary>Makes what the first request would make: the table of hosts.</summary>
    internal void Prepare() => DistributionFor("");

    /// <summary>The distribution that serves this Host (port and letter case do not count), or null: 403 (spec 1.1, stage 3).</summary>
    internal LiveDistribution? DistributionFor(ReadOnlySpan<char> host)
    {
        if (AnyHostIsTheOnlyDistribution && Distributions is [var only])
            return only.Distribution.Enabled && (StagingDistributions.IsEmpty || !IsStaging(host)) ? only : null;

        // Built by the first request of a snapshot; two at once build the same table.
        var hosts = _hosts ??= new HostTable<LiveDistribution>(Distributions, static live => live.Distribution);
        return hosts.Find(host);
    }

    /// <summary>Whether that is the name of a staging distribution, which answers to none.</summary>
    internal bool IsStaging(ReadOnlySpan<char> host)
    {
        foreach (var live in StagingDistributions)
        {
            if (HostField.WithoutPort(host).Equals(live.Distribution.DomainName, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    /// <summary>What has to be known of viewers. Found by the first request or handshake of a snapshot.</summary>
    internal ViewerQuestions Questions =>
        (_questions ??= new(AllDistributions.Aggregate(ViewerQuestions.None, static (all, live) => all | live.Questions))).Value;

    /// <summary>The place of a viewer.</summary>
    internal ViewerPlace PlaceOf(string address)
    {
        var place = Places.Find(address);
        return ViewerCountry is null ? place : place.In(ViewerCountry);
    }

    /// <summary>How the handshake for that name goes; null for a name that no distribution has.</summary>
    /// <param name="serverName">The name that the viewer asks for (SNI).</param>
    /// <param name="byDefault">The certificate of distributions that have none.</param>
    /// <param name="speaksHttp3">Whether the edge speaks HTTP/3.</param>
    internal ViewerTls? TlsFor(string serverName, TlsCertificate byDefault, bool speaksHttp3)
    {
        if (DistributionFor(serverName) is not { } live)
            return null;
        // Built by the first handshake of a snapshot, likewise.
        var tls = _tls ??= Distributions.ToFrozenDictionary<LiveDistribution, LiveDistribution, ViewerTls>(
            each => each, each => ViewerTls.Of(each.Distribution, each.Certificate ?? byDefault, speaksHttp3),
            ReferenceEqualityComparer.Instance);
        return tls[live];
    }
}

/// <summary>A distribution with its functions resolved.</summary>
/// <param name="Distribution">The configuration.</param>
/// <param name="DefaultBehavior">The default behavior, live.</param>
/// <param name="Behaviors">The other behaviors, live, in order.</param>
public sealed record LiveDistribution(Distribution Distribution, LiveBehavior DefaultBehavior, ImmutableArray<LiveBehavior> Behaviors)
{
    /// <summary>The certificate for viewers' TLS; null for the edge's own. Default null.</summary>
    public TlsCertificate? Certificate { get; init; }

    /// <summary>Whether that is the one which the distribution names. Default false.</summary>
    public bool HasOwnCertificate { get; init; }

    /// <summary>The continuous deployment policy that is in effect on it; null for none. Default null.</summary>
    public LiveDeployment? Deployment { get; init; }

    /// <summary>Where its standard log goes; null for none. Default null.</summary>
    public StandardLog? StandardLog { get; init; }

    /// <summary>What has to be known of its viewers.</summary>
    internal ViewerQuestions Questions
    {
        get
        {
            var questions = Distribution.GeoRestriction is null ? ViewerQuestions.None : ViewerQuestions.Any;
            questions |= StandardLog is null ? ViewerQuestions.None : ViewerQuestions.Logged;
            questions |= DefaultBehavior.Questions;
            return Behaviors.Aggregate(questions, static (all, behavior) => all | behavior.Questions);
        }
    }

    /// <summary>First pattern that matches wins; the default behavior last.</summary>
    public LiveBehavior BehaviorFor(string path)
    {
        if (Behaviors.IsEmpty)
            return DefaultBehavior;
        path = NormalizedPath.Of(path);
        foreach (var behavior in Behaviors)
        {
            if (behavior.Behavior.PathPattern.Matches(path))
                return behavior;
        }
        return DefaultBehavior;
    }
}

/// <summary>A behavior with its functions resolved.</summary>
/// <param name="behavior">The configuration.</param>
/// <param name="target">The origin that answers, or the two of a group.</param>
/// <param name="triggers">Its functions.</param>
public sealed class LiveBehavior(CacheBehavior behavior, OriginTarget target, BehaviorTriggers triggers)
{
    /// <summary>The configuration.</summary>
    public CacheBehavior Behavior { get; } = behavior;

    /// <summary>The origin that answers, or the two of a group.</summary>
    public OriginTarget Target { get; } = target;

    /// <summary>The functions, one for each event at most.</summary>
    public BehaviorTriggers Triggers { get; } = triggers;

    /// <summary>Whether a request is signed for; null where it need not be.</summary>
    internal SignatureCheck? SignatureCheck { get; } = behavior.TrustedKeys is { } keys ? new SignatureCheck(keys) : null;

    /// <summary>The CloudFront-* headers that the behavior's policies list.</summary>
    internal CloudFrontHeaderValues CloudFrontHeaders { get; } = new(behavior);

    /// <summary>Where the real-time log of its requests goes; null for none.</summary>
    public RealtimeLog? RealtimeLog { get; init; }

    /// <summary>What has to be known of its viewers.</summary>
    internal ViewerQuestions Questions =>
        CloudFrontHeaders.Questions | (RealtimeLog is null ? ViewerQuestions.None : ViewerQuestions.Logged);

    /// <summary>What its response headers policy does; null where it has none.</summary>
    internal ResponseHeaderRules? ResponseHeaders { get; } = ResponseHeaderRules.Of(behavior);
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
