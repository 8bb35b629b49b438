using System.Collections.Immutable;

namespace Brink.Policies;

/// <summary>
/// What is taken out of responses and put into them on their way to viewers (distribution spec 2.7). First the named fields are removed,
/// then those of the policy are added, so that a field can be removed and added. Values are as they go on the wire.
/// </summary>
public sealed record ResponseHeadersPolicy
{
    /// <summary>The id.</summary>
    public required string Id { get; init; }

    /// <summary>The name, unique among policies.</summary>
    public required string Name { get; init; }

    /// <summary>The fields removed from every response. Default none.</summary>
    public ImmutableArray<string> RemovedHeaders { get; init; } = [];

    /// <summary>The fields of cross-origin resource sharing, added where the request has an Origin; null for none.</summary>
    public CorsHeaders? Cors { get; init; }

    /// <summary>The security headers and the custom headers, no name twice. Default none.</summary>
    public ImmutableArray<AddedHeader> AddedHeaders { get; init; } = [];

    /// <summary>How many responses get a Server-Timing; null where none does, whatever the request asks for.</summary>
    public ServerTimingSampling? ServerTiming { get; init; }
}

/// <summary>A field that every response gets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; may be empty.</param>
/// <param name="Override">Whether it replaces one that the response has; otherwise that one stays and this one is not added.</param>
public readonly record struct AddedHeader(string Name, string Value, bool Override);

/// <summary>How many responses get a Server-Timing. A request with <c>Pragma: server-timing</c> gets it always.</summary>
/// <param name="PerMillion">The sampling rate: 0 to 1,000,000, ten-thousandths of a percent.</param>
public sealed record ServerTimingSampling(int PerMillion);
