using Brink.Distributions;
using Brink.Events;
using Brink.Http;
using Brink.Quotas;

namespace Brink.Lambda.Events;

/// <summary>
/// What a Lambda@Edge function is asked about: the edge's own messages, as they stand at the trigger. They must not change between the
/// writing of the event and the reading of the result, which is judged by its difference to them.
/// </summary>
public sealed class LambdaEvent
{
    /// <summary>Which trigger.</summary>
    public required EventType EventType { get; init; }

    /// <summary>The viewer's request in viewer events, the request to the origin in origin events.</summary>
    public required EdgeRequest Request { get; init; }

    /// <summary>The response; in response events, and only there. Its body is never shown.</summary>
    public EdgeResponse? Response { get; init; }

    /// <summary>The origin that is asked; in origin events, and only there.</summary>
    public Origin? Origin { get; init; }

    /// <summary>
    /// The request's body, in request events of an association with IncludeBody; else null. Empty, but there, for a request without one.
    /// </summary>
    public ExposedBody? Body { get; init; }

    /// <summary>The distribution's default name, never an alias.</summary>
    public required string DistributionDomainName { get; init; }

    /// <summary>The distribution's id.</summary>
    public required string DistributionId { get; init; }

    /// <summary>
    /// Whether this CloudFront header of the request is shown. One that is not shown is carried over untouched. Null shows all, where the
    /// request holds only what a policy put into it.
    /// </summary>
    public Func<string, bool>? ShowsCloudFrontHeader { get; init; }

    /// <summary>The function sees a request and may change it, or answer.</summary>
    internal bool IsRequestEvent => EventType is EventType.ViewerRequest or EventType.OriginRequest;
}

/// <summary>The part of a request's body that a function sees.</summary>
/// <param name="Bytes">The bytes, as many as the quota allows.</param>
/// <param name="IsTruncated">There are more.</param>
public readonly record struct ExposedBody(ReadOnlyMemory<byte> Bytes, bool IsTruncated)
{
    /// <summary>
    /// The part of what has been received that the quotas allow; a reader need not wait for more than one byte beyond the quota.
    /// </summary>
    public static ExposedBody Of(ReadOnlyMemory<byte> received, LambdaTriggerQuotas quotas) =>
        received.Length <= quotas.ExposedBodyBytes
            ? new ExposedBody(received, false)
            : new ExposedBody(received[..quotas.ExposedBodyBytes], true);
}
