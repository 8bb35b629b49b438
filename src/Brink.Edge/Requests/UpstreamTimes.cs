namespace Brink.Edge.Requests;

/// <summary>How long an origin that was asked took, as far as that was measured.</summary>
internal sealed class UpstreamTimes
{
    /// <summary>
    /// Looking up its name: zero where a connection was used again, or the name is an address. Null where a connection was made: then the
    /// look-up is part of <see cref="Connecting"/>.
    /// </summary>
    public TimeSpan? Resolving { get; set; }

    /// <summary>Until there was a connection, TLS included; zero where one was used again.</summary>
    public TimeSpan? Connecting { get; set; }

    /// <summary>From the end of the request to the head of the answer. Null where the request has a body: its end is not seen.</summary>
    public TimeSpan? FirstByte { get; set; }
}
