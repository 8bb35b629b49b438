using Brink.Lambda.Pool;
using Brink.Lambda.Versions;
using Brink.Quotas;

namespace Brink.Lambda;

/// <summary>Brings published versions to the regions whose labels this node serves.</summary>
/// <param name="pool">Where they run.</param>
/// <param name="quotas">What they may take.</param>
/// <param name="regions">The labels.</param>
/// <param name="time">For the acknowledgements.</param>
/// <param name="prewarm">
/// Environments that a version has in each region before it is acknowledged; at least one, which loads its code.
/// </param>
public sealed class LambdaReplicator(
    LambdaPool pool, LambdaQuotas quotas, IReadOnlyList<Region> regions, TimeProvider time, int prewarm = 1)
{
    /// <summary>
    /// Loads the version everywhere and waits for the acknowledgement of every region. Only when all of them are ready is there a function
    /// to associate, and with it the warm environments in each region; else nothing of the version stays.
    /// </summary>
    /// <param name="version">What to bring there.</param>
    /// <param name="sourceFolder">Where its author has the code: errors name those files, not our copies. Null: not known.</param>
    public async Task<Replication> ReplicateAsync(FunctionVersion version, string? sourceFolder = null)
    {
        var function = new LambdaEdgeFunction(version, pool, quotas) { SourceFolder = sourceFolder };
        var acknowledgements = await Task.WhenAll(regions.Select(region => LoadAsync(new RegionReplica(version, region), function)));
        if (acknowledgements.All(each => each.IsReady))
            return new Replication(function, acknowledgements);
        await pool.RetireAsync(version);
        return new Replication(null, acknowledgements);
    }

    private async Task<ReplicaAcknowledgement> LoadAsync(RegionReplica replica, LambdaEdgeFunction function)
    {
        var problem = await pool.PrewarmAsync(replica.Version, replica.Region, prewarm);
        return new ReplicaAcknowledgement(replica, time.GetUtcNow(), problem is null ? null : function.WithSourceFolder(problem));
    }
}

/// <summary>What came of bringing a version to its regions.</summary>
/// <param name="Function">The function to associate; null when a region could not load it.</param>
/// <param name="Acknowledgements">One for each region.</param>
public sealed record Replication(LambdaEdgeFunction? Function, IReadOnlyList<ReplicaAcknowledgement> Acknowledgements);
