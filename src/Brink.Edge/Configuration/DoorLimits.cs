namespace Brink.Edge.Configuration;

/// <summary>
/// What viewers may take at once, and how slow they may be (docs/brink-dev.md, "Limits at the door"). CloudFront publishes none of its own
/// numbers for these: the defaults are ours. Changed with <c>with</c>.
/// </summary>
public sealed record DoorLimits
{
    /// <summary>
    /// One address may have this part of the handshakes, heads and bodies under way: no single one can keep all others out.
    /// </summary>
    internal const int PartOfOneAddress = 4;

    /// <summary>The defaults.</summary>
    public static DoorLimits Default { get; } = new();

    /// <summary>Connections of all viewers. Default 65,536.</summary>
    public int Connections { get; init; } = 65_536;

    /// <summary>
    /// Connections of one address; of IPv6 a /64 counts as one. A trusted proxy has no such limit: it stands for many viewers. Default
    /// 2,048.
    /// </summary>
    public int ConnectionsPerAddress { get; init; } = 2_048;

    /// <summary>Requests of one connection; the last one's answer says that the connection ends. Default 100,000.</summary>
    public int RequestsPerConnection { get; init; } = 100_000;

    /// <summary>TLS handshakes that have begun and are not over, of all viewers. Default 4,096.</summary>
    public int Handshakes { get; init; } = 4_096;

    /// <summary>
    /// Heads of which a part has come and the rest is waited for, of all viewers. One takes 128 KB at most. Default 4,096.
    /// </summary>
    public int Heads { get; init; } = 4_096;

    /// <summary>
    /// Requests whose body has not come to its end, of all viewers. One holds 256 KB at most. Default 4,096.
    /// </summary>
    public int Bodies { get; init; } = 4_096;

    /// <summary>
    /// Streams that an HTTP/2 connection may have open. Default 128. Of HTTP/3 there are 100: .NET has no stable setting for it.
    /// </summary>
    public int StreamsPerConnection { get; init; } = 128;

    /// <summary>
    /// Streams that an HTTP/2 connection may reset within a second. A page that is left resets all its streams at once. Default 500.
    /// </summary>
    public int ResetsPerSecond { get; init; } = 500;

    /// <summary>
    /// Frames that carry no request forward (PING, SETTINGS, PRIORITY, CONTINUATION, empty DATA, unknown ones) which an HTTP/2 connection
    /// may send within a second. Default 2,000.
    /// </summary>
    public int ControlFramesPerSecond { get; init; } = 2_000;

    /// <summary>
    /// Wrong signatures of private content that are verified for one address within a second. After them only signatures that are known to
    /// be right are let in, until the second is over. Default 100.
    /// </summary>
    public int WrongSignaturesPerSecond { get; init; } = 100;

    /// <summary>
    /// Bytes of a body that a viewer must send in a second, after 30 s. Uploads pass through to origins that set their own pace, so it is
    /// low: it ends a trickle that only holds a connection. Default 32.
    /// </summary>
    public int SendingRate { get; init; } = 32;

    /// <summary>
    /// Bytes of an answer that a viewer must take in a second, after 60 s of waiting for it; over HTTP/2 after 10 s. Default 240.
    /// </summary>
    public int TakingRate { get; init; } = 240;
}
