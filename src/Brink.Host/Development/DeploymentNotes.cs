using Brink.Distributions;
using Brink.Edge.Configuration;
using Brink.Host.Files;

namespace Brink.Host.Development;

/// <summary>What is to be said of staging distributions: what cannot serve, and what serves otherwise than a reader may think.</summary>
internal static class DeploymentNotes
{
    /// <param name="snapshot">The distributions.</param>
    /// <param name="mistakes">What could not be joined.</param>
    /// <param name="files">The file of each distribution.</param>
    /// <param name="reading">Where mistakes and lines go.</param>
    public static void Add(
        EdgeSnapshot snapshot, IEnumerable<DeploymentMistake> mistakes, IReadOnlyDictionary<Distribution, string> files, Reading reading)
    {
        foreach (var mistake in mistakes)
            reading.Unusable(files[mistake.Distribution.Distribution], mistake.Message);
        if (reading.IsUnusable)
            return;
        foreach (var staging in snapshot.StagingDistributions.Select(live => live.Distribution))
        {
            if (!staging.Aliases.IsEmpty)
                reading.Warn(files[staging], "a staging distribution answers to no name: its Aliases say nothing");
            foreach (var primary in snapshot.Distributions.Select(live => live.Distribution).Where(primary => IsOf(staging, primary)))
                AddOfPair(primary, staging, files, reading);
        }
    }

    private static void AddOfPair(
        Distribution primary, Distribution staging, IReadOnlyDictionary<Distribution, string> files, Reading reading)
    {
        if (!primary.ContinuousDeploymentPolicy!.Enabled)
            reading.Warn(files[primary], "the continuous deployment policy is not enabled: the staging distribution gets no request");
        else if (!staging.Enabled)
            reading.Warn(files[staging], "the staging distribution is not enabled: its primary answers everything");
        var others = staging.CacheBehaviors.Select(behavior => behavior.PathPattern.Pattern)
            .Except(primary.CacheBehaviors.Select(behavior => behavior.PathPattern.Pattern)).ToList();
        if (others.Count > 0)
        {
            reading.Warn(
                files[staging],
                $"the primary distribution has no path pattern {string.Join(", ", others)}: AWS warns that viewers may then get errors");
        }
        if (staging.AllowsHttp2 != primary.AllowsHttp2)
            reading.Warn(files[staging], "HttpVersion differs from the primary's, which holds: the connection is made before the choice");
    }

    private static bool IsOf(Distribution staging, Distribution primary) =>
        staging.DomainName.Equals(primary.ContinuousDeploymentPolicy?.StagingDistributionDnsName, StringComparison.OrdinalIgnoreCase);
}
