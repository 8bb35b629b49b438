using System.Diagnostics.CodeAnalysis;
using Brink.Events;
using Brink.Functions;
using Brink.Lambda;

namespace Brink.Edge.Configuration;

/// <summary>The functions of a behavior: at most one for each of the four events, in the order in which they run.</summary>
public sealed record BehaviorTriggers
{
    /// <summary>No function.</summary>
    public static BehaviorTriggers None { get; } = new();

    /// <summary>On viewer-request: a CloudFront function or a Lambda@Edge function.</summary>
    public ViewerTrigger? ViewerRequest { get; init; }

    /// <summary>On origin-request, or null.</summary>
    public LambdaTrigger? OriginRequest { get; init; }

    /// <summary>On origin-response, or null.</summary>
    public LambdaTrigger? OriginResponse { get; init; }

    /// <summary>On viewer-response: a CloudFront function or a Lambda@Edge function.</summary>
    public ViewerTrigger? ViewerResponse { get; init; }

    /// <summary>A function runs between the cache and the origin.</summary>
    public bool RunAtOrigin => OriginRequest is not null || OriginResponse is not null;

    /// <summary>With a Lambda@Edge function on that event.</summary>
    public BehaviorTriggers With(EventType type, LambdaTrigger trigger) => type switch
    {
        EventType.ViewerRequest => this with { ViewerRequest = new ViewerTrigger.LambdaEdge(trigger) },
        EventType.OriginRequest => this with { OriginRequest = trigger },
        EventType.OriginResponse => this with { OriginResponse = trigger },
        _ => this with { ViewerResponse = new ViewerTrigger.LambdaEdge(trigger) },
    };

    /// <summary>With a CloudFront function on a viewer event; null leaves things as they are.</summary>
    public BehaviorTriggers With(EventType type, IEdgeFunction? function) => (type, function) switch
    {
        (_, null) => this,
        (EventType.ViewerRequest, _) => this with { ViewerRequest = new ViewerTrigger.CloudFrontFunction(function) },
        (EventType.ViewerResponse, _) => this with { ViewerResponse = new ViewerTrigger.CloudFrontFunction(function) },
        _ => throw new ArgumentException($"CloudFront functions do not run on {type}", nameof(type)),
    };
}

/// <summary>A function on a viewer event, of one kind or the other.</summary>
public abstract record ViewerTrigger
{
    private ViewerTrigger() { }

    /// <summary>A Lambda@Edge function on a viewer event.</summary>
    [return: NotNullIfNotNull(nameof(trigger))]
    public static implicit operator ViewerTrigger?(LambdaTrigger? trigger) => trigger is null ? null : new LambdaEdge(trigger);

    /// <summary>A CloudFront function.</summary>
    public sealed record CloudFrontFunction(IEdgeFunction Function) : ViewerTrigger;

    /// <summary>A Lambda@Edge function.</summary>
    public sealed record LambdaEdge(LambdaTrigger Trigger) : ViewerTrigger;
}
