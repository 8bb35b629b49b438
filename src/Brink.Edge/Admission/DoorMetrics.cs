using Brink.Edge.Metrics;

namespace Brink.Edge.Admission;

/// <summary>What the door counts, among the metrics of the edge.</summary>
internal static class DoorMetrics
{
    /// <summary>Adds all of it.</summary>
    public static void AddTo(EdgeCounters counters, DoorCounters door)
    {
        counters.AddGauge("brink_door_addresses", "Addresses that have a connection.", () => door.Addresses);
        counters.AddGauge("brink_door_handshakes", "TLS handshakes under way.", () => door.Handshakes);
        counters.AddGauge("brink_door_heads", "Heads of requests of which a part has come.", () => door.Heads);
        counters.AddGauge("brink_door_bodies", "Requests whose body has not come to its end.", () => door.Bodies);
        Refused("connections", "Connections, in all and of one address", () => door.ConnectionsRefused + door.ConnectionsRefusedToAddress);
        Refused("handshakes", "TLS handshakes", () => door.HandshakesRefused);
        Refused("heads", "Heads of requests", () => door.HeadsRefused);
        Refused("bodies", "Requests with a body", () => door.BodiesRefused);
        Refused("signatures", "Signed requests whose address had sent too many wrong signatures", () => door.SignaturesRefused);
        Ended("last_requests", "had all the requests that they may have", () => door.ConnectionsWithLastRequest);
        Ended("slow_heads", "sent a head too slowly", () => door.SlowHeads);
        Ended("slow_bodies", "sent a body too slowly", () => door.SlowBodies);
        Ended("slow_readers", "took an answer too slowly", () => door.SlowReaders);
        Ended("idle", "asked nothing", () => door.IdleConnectionsEnded);
        Ended("reset_floods", "reset too many streams of HTTP/2", () => door.ResetFloods);
        Ended("frame_floods", "sent too many frames of HTTP/2 that carry no request forward", () => door.FrameFloods);

        void Refused(string name, string what, Func<long> read) =>
            counters.Add($"brink_door_refused_{name}_total", $"{what} refused at the door.", read);
        void Ended(string name, string why, Func<long> read) =>
            counters.Add($"brink_door_ended_{name}_total", $"Connections ended because they {why}.", read);
    }
}
