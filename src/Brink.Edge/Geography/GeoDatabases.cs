using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;

namespace Brink.Edge.Geography;

/// <summary>The databases by which viewers' places are found. Where two know a field, the first one's value counts.</summary>
public sealed class GeoDatabases
{
    /// <summary>How many addresses are remembered: a page's requests come from one.</summary>
    private const int Remembered = 1024;

    /// <summary>No database: nothing is known of any address.</summary>
    public static GeoDatabases None { get; } = new([]);

    private readonly ImmutableArray<GeoDatabase> _databases;
    private readonly Found?[] _found;

    /// <summary>In the order in which they are asked.</summary>
    public GeoDatabases(ImmutableArray<GeoDatabase> databases)
    {
        _databases = databases;
        _found = databases.IsEmpty ? [] : new Found?[Remembered];
        Fields = databases.SelectMany(database => database.Fields).ToFrozenSet();
    }

    /// <summary>What is known of some address at least.</summary>
    public IReadOnlySet<PlaceField> Fields { get; }

    /// <summary>The place of an address, written as viewers' addresses are.</summary>
    internal ViewerPlace Find(string address)
    {
        if (_found.Length == 0)
            return ViewerPlace.Unknown;
        // Each address has one slot, and one that comes later takes it. An entry is never changed: no lock.
        ref var slot = ref _found[(uint)address.GetHashCode(StringComparison.Ordinal) % Remembered];
        if (Volatile.Read(ref slot) is { } found && found.Address == address)
            return found.Place;
        if (!IPAddress.TryParse(address, out var parsed))
            return ViewerPlace.Unknown;
        var place = new ViewerPlace();
        foreach (var database in _databases)
            database.AddTo(place, parsed);
        Volatile.Write(ref slot, new Found(address, place));
        return place;
    }

    private sealed record Found(string Address, ViewerPlace Place);
}
