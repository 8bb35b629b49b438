namespace Brink.Events;

/// <summary>The four points of a request where a function may run.</summary>
public enum EventType
{
    /// <summary>Before the cache lookup, on every request.</summary>
    ViewerRequest,
    /// <summary>Before a request goes to the origin.</summary>
    OriginRequest,
    /// <summary>After the origin answered, before caching.</summary>
    OriginResponse,
    /// <summary>Before the response goes to the viewer.</summary>
    ViewerResponse,
}

/// <summary>The spelling of events in the API and in event objects.</summary>
public static class EventTypeNames
{
    /// <summary><c>viewer-request</c> and so on.</summary>
    public static string ToName(this EventType type) => type switch
    {
        EventType.ViewerRequest => "viewer-request",
        EventType.OriginRequest => "origin-request",
        EventType.OriginResponse => "origin-response",
        EventType.ViewerResponse => "viewer-response",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>The event of that name; false for any other text.</summary>
    public static bool TryParse(string? name, out EventType type)
    {
        (type, var known) = name switch
        {
            "viewer-request" => (EventType.ViewerRequest, true),
            "origin-request" => (EventType.OriginRequest, true),
            "origin-response" => (EventType.OriginResponse, true),
            "viewer-response" => (EventType.ViewerResponse, true),
            _ => (default, false),
        };
        return known;
    }
}
