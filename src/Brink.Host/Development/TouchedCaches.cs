using System.Collections.Immutable;
using Brink.Edge.Configuration;

namespace Brink.Host.Development;

/// <summary>
/// Which distributions' caches a save can have touched. What is cached was made of the request as viewer-request left it, by the origin and
/// the functions on origin events.
/// </summary>
/// <remarks>
/// A function on viewer-response comes after the cache: another one touches nothing in it. One on viewer-request makes the request, and
/// more of that reaches the origin than is in the key: headers that a policy sends, the choice of an origin. So it touches the caches of
/// the distributions that have it, as a function on an origin event does. A distribution's own file touches its own cache. Whatever else
/// is saved may have touched any.
/// </remarks>
internal static class TouchedCaches
{
    /// <summary>The ids of the distributions; null for all.</summary>
    /// <param name="before">What served before; null for nothing.</param>
    /// <param name="after">What serves from now on.</param>
    /// <param name="changedFiles">The files that changed.</param>
    /// <param name="codeFiles">The files that are functions' code.</param>
    /// <param name="distributionFiles">The id of the distribution in each file that is one's own.</param>
    public static ImmutableArray<string>? Between(
        EdgeSnapshot? before,
        EdgeSnapshot after,
        IEnumerable<string> changedFiles,
        IReadOnlySet<string> codeFiles,
        IReadOnlyDictionary<string, string> distributionFiles)
    {
        if (before is null)
            return null;
        var touched = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in changedFiles)
        {
            if (distributionFiles.TryGetValue(file, out var id))
                touched.Add(id);
            else if (!codeFiles.Contains(file))
                return null;
        }
        var known = before.AllDistributions.ToLookup(live => live.Distribution.Id, StringComparer.Ordinal);
        foreach (var live in after.AllDistributions)
        {
            if (known[live.Distribution.Id].Any(earlier => !MakesTheSame(earlier, live)))
                touched.Add(live.Distribution.Id);
        }
        return [.. touched];
    }

    private static bool MakesTheSame(LiveDistribution one, LiveDistribution other)
    {
        if (one.Behaviors.Length != other.Behaviors.Length || !MakesTheSame(one.DefaultBehavior, other.DefaultBehavior))
            return false;
        for (var i = 0; i < one.Behaviors.Length; i++)
        {
            if (!MakesTheSame(one.Behaviors[i], other.Behaviors[i]))
                return false;
        }
        return true;
    }

    // A function that has not changed is the same object.
    private static bool MakesTheSame(LiveBehavior one, LiveBehavior other) =>
        Equals(one.Triggers.ViewerRequest, other.Triggers.ViewerRequest)
        && Equals(one.Triggers.OriginRequest, other.Triggers.OriginRequest)
        && Equals(one.Triggers.OriginResponse, other.Triggers.OriginResponse);
}
