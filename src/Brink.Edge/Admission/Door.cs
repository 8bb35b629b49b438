using System.Collections.Immutable;
using System.Net;
using System.Text;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Http;
using Microsoft.AspNetCore.Connections;

namespace Brink.Edge.Admission;

/// <summary>
/// The door of an edge: who gets in, and how much of it one viewer may take. Every connection passes it, whatever it speaks
/// (<see cref="Middleware"/>), and carries a <see cref="DoorPass"/> from then on. What a single connection is held to is set on Kestrel
/// and looked at where the connection is read: rates in <c>SlowViewers</c>, times in <c>HeadDeadline</c> and <c>OrdinaryConnection</c>,
/// frames of HTTP/2 in <see cref="FrameWatch"/>.
/// </summary>
internal sealed class Door
{
    /// <summary>The answer of an edge that is full (distribution spec 3.12: 503 for capacity and limits; no custom page).</summary>
    public const int FullStatus = 503;

    /// <summary>A refusal of each kind is told at most once in this time: a flood must not become one of log lines.</summary>
    private static readonly TimeSpan Telling = TimeSpan.FromSeconds(10);

    private readonly ImmutableArray<IPNetwork> _proxies;
    private readonly IAccessLog _log;
    private readonly TimeProvider _time;
    private readonly long[] _toldAt = new long[Enum.GetValues<Refusal>().Length];

    public Door(DoorLimits limits, ImmutableArray<IPNetwork> proxies, IAccessLog log, TimeProvider time)
    {
        (Limits, _proxies, _log, _time) = (limits, proxies, log, time);
        Connections = new Share(limits.Connections, limits.ConnectionsPerAddress);
        Handshakes = new Share(limits.Handshakes, PartOf(limits.Handshakes));
        Heads = new Share(limits.Heads, PartOf(limits.Heads));
        Bodies = new Share(limits.Bodies, PartOf(limits.Bodies));
        WrongSignatures = new WrongSignatures(limits.WrongSignaturesPerSecond, time);
        Counters = new DoorCounters(this);
        Array.Fill(_toldAt, long.MinValue);
    }

    public DoorLimits Limits { get; }

    public DoorCounters Counters { get; }

    public Share Connections { get; }

    public Share Handshakes { get; }

    public Share Heads { get; }

    public Share Bodies { get; }

    public AddressTable Addresses { get; } = new();

    public WrongSignatures WrongSignatures { get; }

    public TimeProvider Time => _time;

    /// <summary>The middleware of a listener, once the viewer's address is known.</summary>
    /// <param name="isSecure">
    /// Whether TLS follows. A page would need a handshake, which a full edge does not give: the connection just ends.
    /// </param>
    public Func<ConnectionDelegate, ConnectionDelegate> Middleware(bool isSecure) => next => async connection =>
    {
        using var pass = Admit(connection.RemoteEndPoint);
        if (pass is null)
        {
            if (!isSecure)
                await connection.Transport.Output.WriteAsync(FullAnswer());
            return;
        }
        connection.Features.Set(pass);
        await next(connection);
    };

    /// <summary>A pass for a connection from there; null where there is no room for it.</summary>
    public DoorPass? Admit(EndPoint? from)
    {
        var address = (from as IPEndPoint)?.Address ?? IPAddress.None;
        var entry = Addresses.Enter(address, IsProxy(address));
        var taking = Connections.Take(ref entry.Connections, entry.IsShared);
        if (taking == Taking.Taken)
            return new DoorPass(this, entry);
        Addresses.Leave(entry);
        Tell(taking == Taking.NoneForAddress ? Refusal.ConnectionOfAddress : Refusal.Connection, address);
        return null;
    }

    /// <summary>Tells the log of a refusal, unless one of its kind was told just now.</summary>
    public void Tell(Refusal refusal, IPAddress? address = null)
    {
        ref var toldAt = ref _toldAt[(int)refusal];
        var (last, now) = (Volatile.Read(ref toldAt), _time.GetTimestamp());
        if (last != long.MinValue && _time.GetElapsedTime(last, now) < Telling)
            return;
        if (Interlocked.CompareExchange(ref toldAt, now, last) == last)
            _log.Refused(TextOf(refusal) + (address is null ? "" : $", from {address}"));
    }

    private static int PartOf(int limit) => Math.Max(1, limit / DoorLimits.PartOfOneAddress);

    private bool IsProxy(IPAddress address)
    {
        if (_proxies.IsEmpty)
            return false;
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in _proxies)
        {
            if (network.Contains(plain))
                return true;
        }
        return false;
    }

    private string TextOf(Refusal refusal) => refusal switch
    {
        Refusal.Connection => $"a connection: there are {Limits.Connections}, as many as there may be",
        Refusal.ConnectionOfAddress => $"a connection: the address has {Limits.ConnectionsPerAddress}, as many as one may have",
        Refusal.Handshake => $"a TLS handshake: {Limits.Handshakes} may be under way, and a part of them for one address",
        Refusal.Head => $"a head that comes in parts: {Limits.Heads} may be under way, and a part of them for one address",
        Refusal.Body => $"a request with a body: {Limits.Bodies} may be under way, and a part of them for one address",
        Refusal.Resets => $"an HTTP/2 connection: it reset more than {Limits.ResetsPerSecond} streams in a second",
        Refusal.Frames => $"an HTTP/2 connection: more than {Limits.ControlFramesPerSecond} control frames in a second",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal)),
    };

    /// <summary>The page with its head, for a viewer of whose request nothing is read.</summary>
    internal static byte[] FullAnswer()
    {
        var id = RequestIds.Next();
        var page = ErrorPages.Create(FullStatus, ErrorPages.Full, id);
        var body = ((BytesBody)page.Body).Bytes;
        var head = $"HTTP/1.1 503 Service Unavailable\r\nServer: CloudFront\r\nContent-Type: text/html\r\nContent-Length: {body.Length}\r\n"
            + $"Connection: close\r\nX-Cache: Error from cloudfront\r\nX-Amz-Cf-Id: {id}\r\n\r\n";
        return [.. Encoding.Latin1.GetBytes(head), .. body.Span];
    }
}

/// <summary>What is refused at the door, for the log.</summary>
internal enum Refusal
{
    Connection,
    ConnectionOfAddress,
    Handshake,
    Head,
    Body,
    Resets,
    Frames,
}
