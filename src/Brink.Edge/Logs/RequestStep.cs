namespace Brink.Edge.Logs;

/// <summary>One thing that the edge did or decided about a request, in order. Recorded where the options ask for it.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Detail">A detail of it: a status, a reason, the id of an origin; null for nothing.</param>
public readonly record struct RequestStep(RequestStepKind Kind, string? Detail = null)
{
    /// <summary>Kind and detail: <c>AskedOrigin api</c>.</summary>
    public override string ToString() => Detail is null ? Kind.ToString() : $"{Kind} {Detail}";
}

/// <summary>What the edge did.</summary>
public enum RequestStepKind
{
    /// <summary>The request goes past the cache.</summary>
    PassedTheCache,
    /// <summary>An error gives way to a page of the distribution; the detail is the page's path. What follows is about the page.</summary>
    AskedForErrorPage,
    /// <summary>A fresh object was found.</summary>
    FoundFresh,
    /// <summary>A stale object was found.</summary>
    FoundStale,
    /// <summary>No object was found.</summary>
    FoundNothing,
    /// <summary>The request waits for another one's answer.</summary>
    JoinedAnother,
    /// <summary>The regional edge cache was asked; what follows, up to the origin's answer, is about what it has.</summary>
    AskedRegion,
    /// <summary>The Origin Shield of an origin was asked; the detail is the origin's id. What follows is about what it has.</summary>
    AskedShield,
    /// <summary>An origin was asked; the detail is its id.</summary>
    AskedOrigin,
    /// <summary>An origin answered; the detail is its status, or why there is none.</summary>
    OriginAnswered,
    /// <summary>The stale object still holds.</summary>
    Refreshed,
    /// <summary>A stale object stands in for an origin that fails, or while a refresh runs.</summary>
    ServedStale,
    /// <summary>The answer is stored, or is being stored as it arrives.</summary>
    Stored,
    /// <summary>The answer is not stored; the detail is the reason.</summary>
    NotStored,
    /// <summary>The edge compresses the answer; the detail is the coding.</summary>
    Compressed,
    /// <summary>The answer would be compressed, were there memory for it just now.</summary>
    NotCompressed,
}
