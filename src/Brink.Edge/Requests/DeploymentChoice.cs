using Brink.Edge.Configuration;

namespace Brink.Edge.Requests;

/// <summary>What a continuous deployment policy made of a request.</summary>
/// <param name="Primary">The distribution that has the Host; the viewer's connection is its.</param>
/// <param name="Chosen">The one that serves the request: the staging distribution, or the primary.</param>
internal sealed record DeploymentChoice(LiveDistribution Primary, LiveDistribution Chosen)
{
    /// <summary>The cookie with which the viewer keeps its session; null where it has it already, or has none.</summary>
    public string? SetCookie { get; init; }

    /// <summary>Whether viewers have sessions. Default false.</summary>
    public bool HasSession { get; init; }

    /// <summary>Whether the staging distribution serves the request.</summary>
    public bool IsStaging => !ReferenceEquals(Primary, Chosen);
}
