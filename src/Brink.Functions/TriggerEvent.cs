using Brink.Distributions;
using Brink.Events;
using Brink.Http;

namespace Brink.Functions;

/// <summary>What a function is given: the edge's own messages and where it stands.</summary>
public sealed class TriggerEvent
{
    /// <summary>Which event.</summary>
    public required EventType EventType { get; init; }

    /// <summary>The request: edited in place by a viewer-request function, only read by a viewer-response function.</summary>
    public required EdgeRequest Request { get; init; }

    /// <summary>The response, in response events: edited in place. Its body is never read.</summary>
    public EdgeResponse? Response { get; init; }

    /// <summary>The distribution's default name.</summary>
    public required string DistributionDomainName { get; init; }

    /// <summary>The distribution's id.</summary>
    public required string DistributionId { get; init; }

    /// <summary>
    /// The distribution whose origins a viewer-request function may choose; null in a test, where the effect of a choice is not checked.
    /// </summary>
    public Distribution? Distribution { get; init; }

    /// <summary>The origin that the behavior would ask; null in a test.</summary>
    public OriginTarget? Target { get; init; }

    /// <summary>Where the edge stands: <c>cf.edgeLocation</c>.</summary>
    public EdgeLocation EdgeLocation { get; init; } = EdgeLocation.Default;

    /// <summary>The edge's own address, the one the viewer connected to: <c>cf.edgeLocation.serverIp</c>.</summary>
    public string ServerIp { get; init; } = "127.0.0.1";

    /// <summary>
    /// The name of the connection group that the viewer came to, on a multi-tenant distribution: <c>event.context.endpoint</c>. Null on a
    /// standard one.
    /// </summary>
    public string? Endpoint { get; init; }

    /// <summary>The tenant, on a multi-tenant distribution; null on a standard one.</summary>
    public DistributionTenant? Tenant { get; init; }

    /// <summary>
    /// Whether the behavior's policies list this CloudFront header, so that the function may see it (functions spec 1, "Further rules").
    /// The edge has put its own value into the request's headers before the call.
    /// </summary>
    public Func<string, bool>? ShowsCloudFrontHeader { get; init; }

    /// <summary>
    /// The parameters of an event object, where the event was given as one: a value of it may hold what would end it in a query.
    /// </summary>
    internal IReadOnlyList<(string Name, string Value)>? GivenQuery { get; init; }

    /// <summary>The cookies of the request of an event object; see <see cref="GivenQuery"/>.</summary>
    internal IReadOnlyList<(string Name, string Value)>? GivenCookies { get; init; }
}
