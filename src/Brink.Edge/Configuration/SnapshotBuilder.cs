using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Edge.Geography;
using Brink.Edge.Logs;
using Brink.Events;
using Brink.Functions;
using Brink.Lambda;
using Brink.Resources;

namespace Brink.Edge.Configuration;

/// <summary>
/// Binds distributions to what they name: functions by the name in their ARN. Whatever makes a snapshot makes it here: the development
/// server now, the API and replicas of a configuration later. A name that leads nowhere is an error, never a behavior without its function.
/// </summary>
public sealed class SnapshotBuilder
{
    private readonly ImmutableArray<LiveDistribution>.Builder _distributions = ImmutableArray.CreateBuilder<LiveDistribution>();

    /// <summary>CloudFront functions by name.</summary>
    public Dictionary<string, IEdgeFunction> Functions { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Lambda@Edge functions: versions by name and number, <c>name:3</c>, and functions that stand for every version by name alone.
    /// </summary>
    public Dictionary<string, ILambdaEdgeFunction> Lambdas { get; } = new(StringComparer.Ordinal);

    /// <summary>Certificates for viewers' TLS, by ARN of ACM or id of IAM.</summary>
    public Dictionary<string, TlsCertificate> Certificates { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// The certificate of a distribution whose own one is not among <see cref="Certificates"/>, or that names none. Null, the default,
    /// leaves the edge's own.
    /// </summary>
    public Func<Distribution, TlsCertificate?>? CertificateInstead { get; set; }

    /// <summary>Where the standard log of a distribution goes; null, the default, for none.</summary>
    public Func<Distribution, StandardLog?>? StandardLogOf { get; set; }

    /// <summary>Where a real-time log goes; null, the default, for none.</summary>
    public Func<RealtimeLogConfig, RealtimeLog?>? RealtimeLogOf { get; set; }

    /// <summary>How S3 buckets are reached. Default each by its own name, unsigned.</summary>
    public S3Settings S3 { get; set; } = S3Settings.Default;

    /// <summary>Where all viewers are, whatever <see cref="Places"/> say. Default null: they say it.</summary>
    public string? ViewerCountry { get; set; }

    /// <summary>By which viewers' places are found. Default none: no place is known.</summary>
    public GeoDatabases Places { get; set; } = GeoDatabases.None;

    /// <summary>
    /// Any Host is the distribution where there is just one, staging distributions not counted. Default false.
    /// </summary>
    public bool AnyHostIsTheOnlyDistribution { get; set; }

    /// <summary>The snapshot that serves until this one does: viewers' sessions go on. Default null: they begin anew.</summary>
    public EdgeSnapshot? Before { get; set; }

    /// <summary>What <see cref="Build"/> could not join: primary and staging distributions, by continuous deployment policies.</summary>
    public ImmutableArray<DeploymentMistake> DeploymentMistakes { get; private set; } = [];

    /// <summary>The distributions added so far.</summary>
    public IReadOnlyList<LiveDistribution> Distributions => _distributions;

    /// <summary>Adds a distribution whose functions are all there.</summary>
    /// <returns>The missing functions; if there are any, the distribution has not been added.</returns>
    public ImmutableArray<UnboundFunction> Add(Distribution distribution)
    {
        var unbound = ImmutableArray.CreateBuilder<UnboundFunction>();
        var live = new LiveDistribution(
            distribution,
            Bind(distribution, distribution.DefaultCacheBehavior, unbound),
            [.. distribution.CacheBehaviors.Select(behavior => Bind(distribution, behavior, unbound))]);
        if (unbound.Count == 0)
            _distributions.Add(WithCertificate(live with { StandardLog = StandardLogOf?.Invoke(distribution) }));
        return unbound.ToImmutable();
    }

    /// <summary>Adds a distribution of one behavior with the functions given, whatever it associates.</summary>
    public void Add(Distribution distribution, BehaviorTriggers triggers)
    {
        var behavior = distribution.DefaultCacheBehavior;
        var live = new LiveBehavior(behavior, distribution.TargetById(behavior.TargetOriginId), triggers);
        _distributions.Add(WithCertificate(new LiveDistribution(distribution, live, [])));
    }

    /// <summary>The snapshot of what has been added.</summary>
    public EdgeSnapshot Build()
    {
        var join = new DeploymentJoin(_distributions, Before);
        var snapshot = new EdgeSnapshot
        {
            Distributions = join.Serving(),
            StagingDistributions = join.Staging,
            AnyHostIsTheOnlyDistribution = AnyHostIsTheOnlyDistribution,
            ViewerCountry = ViewerCountry,
            Places = Places,
            S3 = S3,
        };
        DeploymentMistakes = join.Mistakes;
        return snapshot;
    }

    /// <summary>The name in the ARN of a CloudFront function.</summary>
    public static string NameOf(string functionArn) => functionArn[(functionArn.LastIndexOf('/') + 1)..];

    private LiveDistribution WithCertificate(LiveDistribution live)
    {
        var distribution = live.Distribution;
        return distribution.ViewerCertificate.Id is { } id && Certificates.TryGetValue(id, out var certificate)
            ? live with { Certificate = certificate, HasOwnCertificate = true }
            : live with { Certificate = CertificateInstead?.Invoke(distribution) };
    }

    private LiveBehavior Bind(Distribution distribution, CacheBehavior behavior, ImmutableArray<UnboundFunction>.Builder unbound)
    {
        var triggers = BehaviorTriggers.None;
        foreach (var association in behavior.FunctionAssociations)
        {
            if (Functions.TryGetValue(NameOf(association.FunctionArn), out var function))
                triggers = triggers.With(association.EventType, function);
            else
                unbound.Add(new UnboundFunction(NameOf(association.FunctionArn), association.FunctionArn, IsLambda: false));
        }
        foreach (var association in behavior.LambdaFunctionAssociations)
        {
            if (Lambdas.TryGetValue(association.VersionId, out var function) || Lambdas.TryGetValue(association.FunctionName, out function))
                triggers = triggers.With(association.EventType, new LambdaTrigger(function, association.IncludeBody));
            else
                unbound.Add(new UnboundFunction(association.FunctionName, association.LambdaFunctionArn, IsLambda: true));
        }
        return new LiveBehavior(behavior, distribution.TargetById(behavior.TargetOriginId), triggers)
        {
            RealtimeLog = behavior.RealtimeLog is { } log ? RealtimeLogOf?.Invoke(log) : null,
        };
    }
}

/// <summary>A function that a distribution names and that is not there.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arn">How the distribution names it.</param>
/// <param name="IsLambda">Whether it is a Lambda@Edge function.</param>
public readonly record struct UnboundFunction(string Name, string Arn, bool IsLambda);
