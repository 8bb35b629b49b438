namespace Brink.Edge.Cache.Storage;

/// <summary>The invalidations that objects on disk may be older than.</summary>
/// <param name="Revision">The number of the last one.</param>
/// <param name="Rules">The rules, by revision.</param>
/// <param name="Changes">For each of the <see cref="ChangeMarks"/> the last change; null where there was none.</param>
internal sealed record KeptInvalidations(
    long Revision, IReadOnlyList<(long Revision, InvalidationRule Rule)> Rules, long[]? Changes);
