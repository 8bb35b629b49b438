using System.Net;

namespace Brink.Edge.Admission;

/// <summary>What one address has taken.</summary>
/// <param name="key">Its key in the table.</param>
/// <param name="isShared">Whether it stands for many viewers: a trusted proxy.</param>
internal sealed class AddressEntry(ulong key, bool isShared)
{
    public int Connections;
    public int Handshakes;
    public int Heads;
    public int Bodies;

    /// <summary>How many connections know this entry; changed under the table's lock.</summary>
    public int Users;

    public ulong Key => key;

    public bool IsShared => isShared;
}

/// <summary>
/// The addresses that have a connection, each once: as large as there are connections, and no larger. Asked when a connection begins and
/// when it ends, never for a request.
/// </summary>
internal sealed class AddressTable
{
    /// <summary>Parts with a lock each.</summary>
    private const int Parts = 16;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(static _ => new Part())];

    /// <summary>How many addresses are known.</summary>
    public int Count => _parts.Sum(static part => part.Count);

    /// <summary>The key of an address: all of IPv4, the /64 of IPv6, which is what one site has.</summary>
    public static ulong KeyOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        address.TryWriteBytes(bytes, out var length);
        // ff00::/8 is multicast, which nothing comes from: so IPv4 has a place there.
        return length == 4
            ? 0xffff_ffff_0000_0000 | System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>The entry of an address. To be given back with <see cref="Leave"/>.</summary>
    public AddressEntry Enter(IPAddress address, bool isShared)
    {
        var key = KeyOf(address);
        return PartOf(key).Enter(key, isShared);
    }

    /// <summary>Gives the entry back; with the last user it is forgotten.</summary>
    public void Leave(AddressEntry entry) => PartOf(entry.Key).Leave(entry);

    // Seeded anew in every process: addresses cannot be chosen so that they meet.
    private Part PartOf(ulong key) => _parts[(uint)HashCode.Combine(key) % Parts];

    private sealed class Part : IEqualityComparer<ulong>
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<ulong, AddressEntry> _entries;

        public Part() => _entries = new Dictionary<ulong, AddressEntry>(this);

        public int Count
        {
            get
            {
                lock (_gate)
                    return _entries.Count;
            }
        }

        public AddressEntry Enter(ulong key, bool isShared)
        {
            lock (_gate)
            {
                if (!_entries.TryGetValue(key, out var entry))
                    _entries[key] = entry = new AddressEntry(key, isShared);
                entry.Users++;
                return entry;
            }
        }

        public void Leave(AddressEntry entry)
        {
            lock (_gate)
            {
                if (--entry.Users == 0)
                    _entries.Remove(entry.Key);
            }
        }

        public bool Equals(ulong x, ulong y) => x == y;

        public int GetHashCode(ulong key) => HashCode.Combine(key);
    }
}
