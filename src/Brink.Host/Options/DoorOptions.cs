using System.CommandLine;
using System.Globalization;
using Brink.Edge.Configuration;
using Brink.Host.CommandLine;

namespace Brink.Host.Options;

/// <summary>The options for limits at the door: what viewers may take at once, and how slow they may be.</summary>
internal sealed class DoorOptions
{
    private const int Most = 10_000_000;

    private static readonly DoorLimits Default = DoorLimits.Default;

    private static readonly EdgeServerOptions Edge = EdgeServerOptions.Default;

    private readonly Option<int?> _connections = Count("--max-connections", "Connections of all viewers", Default.Connections);

    private readonly Option<int?> _perAddress = Count(
        "--max-connections-per-address", "Connections of one address; a /64 of IPv6 is one", Default.ConnectionsPerAddress);

    private readonly Option<int?> _requests = Count(
        "--max-requests-per-connection", "Requests of one connection, which ends then", Default.RequestsPerConnection);

    private readonly Option<int?> _handshakes = Count("--max-handshakes", "TLS handshakes under way, of all viewers", Default.Handshakes);

    private readonly Option<int?> _heads = Count("--max-heads", "Heads of requests that have come in part", Default.Heads);

    private readonly Option<int?> _bodies = Count("--max-bodies", "Requests whose body has not come to its end", Default.Bodies);

    private readonly Option<int?> _streams = Count(
        "--max-streams", "Streams of one HTTP/2 connection at once", Default.StreamsPerConnection, most: 65_535);

    private readonly Option<int?> _resets = Count(
        "--max-resets", "Streams that one HTTP/2 connection may reset within a second", Default.ResetsPerSecond);

    private readonly Option<int?> _controls = Count(
        "--max-control-frames", "PING, SETTINGS and the like that one HTTP/2 connection may send within a second",
        Default.ControlFramesPerSecond);

    private readonly Option<int?> _signatures = Count(
        "--max-wrong-signatures", "Wrong signatures of private content that are verified for one address within a second",
        Default.WrongSignaturesPerSecond);

    private readonly Option<int?> _headTimeout = Seconds(
        "--head-timeout", "Seconds in which a request's head must have come", Edge.RequestHeadersTimeout);

    private readonly Option<int?> _idleTimeout = Seconds(
        "--idle-timeout", "Seconds after which an idle connection ends", Edge.KeepAliveTimeout);

    private readonly Option<int?> _sending = Count(
        "--min-upload-rate", "Bytes of a body that a viewer must send in a second, after 30 s", Default.SendingRate);

    private readonly Option<int?> _taking = Count(
        "--min-download-rate", "Bytes of an answer that a viewer must take in a second, after 60 s", Default.TakingRate);

    /// <summary>All of them, in the order of the help.</summary>
    public Option[] All =>
    [
        _connections, _perAddress, _requests, _handshakes, _heads, _bodies, _streams, _resets, _controls, _signatures, _headTimeout,
        _idleTimeout, _sending, _taking,
    ];

    /// <summary>What the command line says of them, as changes of an edge's options.</summary>
    public Func<EdgeServerOptions, EdgeServerOptions> Read(ParseResult parsed)
    {
        int Of(Option<int?> option, int byDefault) => parsed.GetValue(option) ?? byDefault;
        TimeSpan Time(Option<int?> option, TimeSpan byDefault) => TimeSpan.FromSeconds(Of(option, (int)byDefault.TotalSeconds));
        return edge => edge with
        {
            RequestHeadersTimeout = Time(_headTimeout, edge.RequestHeadersTimeout),
            KeepAliveTimeout = Time(_idleTimeout, edge.KeepAliveTimeout),
            Door = new DoorLimits
            {
                Connections = Of(_connections, edge.Door.Connections),
                ConnectionsPerAddress = Of(_perAddress, edge.Door.ConnectionsPerAddress),
                RequestsPerConnection = Of(_requests, edge.Door.RequestsPerConnection),
                Handshakes = Of(_handshakes, edge.Door.Handshakes),
                Heads = Of(_heads, edge.Door.Heads),
                Bodies = Of(_bodies, edge.Door.Bodies),
                StreamsPerConnection = Of(_streams, edge.Door.StreamsPerConnection),
                ResetsPerSecond = Of(_resets, edge.Door.ResetsPerSecond),
                ControlFramesPerSecond = Of(_controls, edge.Door.ControlFramesPerSecond),
                WrongSignaturesPerSecond = Of(_signatures, edge.Door.WrongSignaturesPerSecond),
                SendingRate = Of(_sending, edge.Door.SendingRate),
                TakingRate = Of(_taking, edge.Door.TakingRate),
            },
        };
    }

    private static Option<int?> Count(string name, string description, int byDefault, int most = Most) => NumberOption.Create(
        name, string.Create(CultureInfo.InvariantCulture, $"{description}. Default {byDefault}."), 1, most, $"a limit is 1 to {most}");

    private static Option<int?> Seconds(string name, string description, TimeSpan byDefault) => NumberOption.Create(
        name, string.Create(CultureInfo.InvariantCulture, $"{description}. Default {byDefault.TotalSeconds}."), 1, 86_400,
        "1 to 86400 seconds");
}
