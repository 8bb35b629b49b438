namespace Brink.Edge.Admission;

/// <summary>What has happened at the door: gauges of what is under way, and counts since the start of what was refused or ended.</summary>
public sealed class DoorCounters
{
    private readonly Door _door;
    private long _lastRequests;
    private long _slowHeads;
    private long _slowBodies;
    private long _slowReaders;
    private long _idle;
    private long _resetFloods;
    private long _frameFloods;

    internal DoorCounters(Door door) => _door = door;

    /// <summary>Connections that are open.</summary>
    public long Connections => _door.Connections.Taken;

    /// <summary>Addresses that have a connection.</summary>
    public long Addresses => _door.Addresses.Count;

    /// <summary>Connections turned away because there were as many as there may be in all.</summary>
    public long ConnectionsRefused => _door.Connections.Refused;

    /// <summary>Connections turned away because their address had as many as it may have.</summary>
    public long ConnectionsRefusedToAddress => _door.Connections.RefusedToOne;

    /// <summary>TLS handshakes that have begun and are not over.</summary>
    public long Handshakes => _door.Handshakes.Taken;

    /// <summary>Connections ended before their handshake, in all and of one address.</summary>
    public long HandshakesRefused => _door.Handshakes.Refused + _door.Handshakes.RefusedToOne;

    /// <summary>Heads of which a part has come.</summary>
    public long Heads => _door.Heads.Taken;

    /// <summary>Connections ended within a head because too many were under way, in all and of one address.</summary>
    public long HeadsRefused => _door.Heads.Refused + _door.Heads.RefusedToOne;

    /// <summary>Requests whose body has not come to its end.</summary>
    public long Bodies => _door.Bodies.Taken;

    /// <summary>Requests refused because too many bodies were under way, in all and of one address.</summary>
    public long BodiesRefused => _door.Bodies.Refused + _door.Bodies.RefusedToOne;

    /// <summary>Connections that have had all the requests they may have.</summary>
    public long ConnectionsWithLastRequest => Volatile.Read(ref _lastRequests);

    /// <summary>Connections ended because a head did not come in time.</summary>
    public long SlowHeads => Volatile.Read(ref _slowHeads);

    /// <summary>Connections ended because a body came too slowly.</summary>
    public long SlowBodies => Volatile.Read(ref _slowBodies);

    /// <summary>Connections ended because an answer was taken too slowly.</summary>
    public long SlowReaders => Volatile.Read(ref _slowReaders);

    /// <summary>Connections ended because nothing was asked on them; those that wait at the polling threads alone.</summary>
    public long IdleConnectionsEnded => Volatile.Read(ref _idle);

    /// <summary>HTTP/2 connections ended because they reset too many streams.</summary>
    public long ResetFloods => Volatile.Read(ref _resetFloods);

    /// <summary>HTTP/2 connections ended because of too many frames that carry no request forward.</summary>
    public long FrameFloods => Volatile.Read(ref _frameFloods);

    /// <summary>Signed requests refused unverified, because their address had sent too many wrong signatures.</summary>
    public long SignaturesRefused => _door.WrongSignatures.Refused;

    internal void CountLastRequest() => Interlocked.Increment(ref _lastRequests);

    internal void CountSlowHead() => Interlocked.Increment(ref _slowHeads);

    internal void CountSlowBody() => Interlocked.Increment(ref _slowBodies);

    internal void CountSlowReader() => Interlocked.Increment(ref _slowReaders);

    internal void CountIdle() => Interlocked.Increment(ref _idle);

    internal void CountResetFlood() => Interlocked.Increment(ref _resetFloods);

    internal void CountFrameFlood() => Interlocked.Increment(ref _frameFloods);
}
