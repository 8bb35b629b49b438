using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using MaxMind.Db;

namespace Brink.Edge.Geography;

/// <summary>
/// A MaxMind DB in memory: a file that is written over while it is read would end the process if it were mapped. Two layouts are known:
/// MaxMind's own, which DB-IP has too, and the flat one of the ip-location-db packages.
/// </summary>
public sealed class GeoDatabase
{
    /// <summary>Where a value stands, by layout: names of maps, and of lists the first item.</summary>
    private static readonly (PlaceField Field, string[] Path)[] Paths =
    [
        (PlaceField.Country, ["country", "iso_code"]), (PlaceField.Country, ["country_code"]),
        (PlaceField.CountryName, ["country", "names", "en"]),
        (PlaceField.Region, ["subdivisions", "iso_code"]),
        (PlaceField.RegionName, ["subdivisions", "names", "en"]), (PlaceField.RegionName, ["state1"]),
        (PlaceField.City, ["city", "names", "en"]), (PlaceField.City, ["city"]),
        (PlaceField.PostalCode, ["postal", "code"]), (PlaceField.PostalCode, ["postcode"]),
        (PlaceField.MetroCode, ["location", "metro_code"]),
        (PlaceField.Latitude, ["location", "latitude"]), (PlaceField.Latitude, ["latitude"]),
        (PlaceField.Longitude, ["location", "longitude"]), (PlaceField.Longitude, ["longitude"]),
        (PlaceField.TimeZone, ["location", "time_zone"]), (PlaceField.TimeZone, ["timezone"]),
        (PlaceField.Asn, ["autonomous_system_number"]), (PlaceField.Asn, ["traits", "autonomous_system_number"]),
    ];

    /// <summary>
    /// Looked at to learn what a database has, and whether it can be read: its first networks, and addresses all over IPv4.
    /// </summary>
    private const int FirstNetworks = 1000, SpreadAddresses = 2048;

    private readonly Reader _reader;

    private GeoDatabase(Reader reader)
    {
        _reader = reader;
        Fields = FieldsOf(Samples());
    }

    /// <summary>The memory is no object's of .NET, and requests may still look while the next database serves.</summary>
    ~GeoDatabase() => _reader.Dispose();

    /// <summary>What it says of some address at least.</summary>
    public IReadOnlySet<PlaceField> Fields { get; }

    /// <summary>Takes a file's content.</summary>
    /// <exception cref="InvalidDataException">It is no MaxMind DB, or a spoiled one.</exception>
    public static GeoDatabase Of(byte[] content)
    {
        try
        {
            return new GeoDatabase(new Reader(new MemoryStream(content)));
        }
        // The library says in many ways that a file is spoiled, and does not say in which.
        catch (Exception exception)
        {
            throw new InvalidDataException(exception.Message, exception);
        }
    }

    /// <summary>Adds what it says of an address.</summary>
    internal void AddTo(ViewerPlace place, IPAddress address)
    {
        Dictionary<string, object>? record;
        try
        {
            record = Find(address);
        }
        // One that is spoiled where the samples did not look says nothing.
        catch (Exception)
        {
            return;
        }
        if (record is null)
            return;
        foreach (var (field, path) in Paths)
            place.Add(field, Value(record, path));
    }

    private Dictionary<string, object>? Find(IPAddress address)
    {
        var isUnknownVersion = address.AddressFamily == AddressFamily.InterNetworkV6 && _reader.Metadata.IPVersion == 4;
        var record = isUnknownVersion ? null : _reader.Find<Dictionary<string, object>>(address);
        GC.KeepAlive(this);
        return record;
    }

    private IEnumerable<Dictionary<string, object>?> Samples()
    {
        foreach (var network in _reader.FindAll<Dictionary<string, object>>().Take(FirstNetworks))
            yield return network.Data;
        const uint goldenRatio = 0x9E3779B1; // its multiples lie evenly
        for (uint i = 0; i < SpreadAddresses; i++)
            yield return Find(new IPAddress(i * goldenRatio));
    }

    private static FrozenSet<PlaceField> FieldsOf(IEnumerable<Dictionary<string, object>?> records)
    {
        var place = new ViewerPlace();
        foreach (var record in records)
        {
            foreach (var (field, path) in Paths)
            {
                if (record is not null && place[field] is null)
                    place.Add(field, Value(record, path));
            }
        }
        return Enum.GetValues<PlaceField>().Where(field => place[field] is not null).ToFrozenSet();
    }

    private static object? Value(Dictionary<string, object> record, string[] path)
    {
        object? value = record;
        foreach (var name in path)
        {
            if (value is List<object> list)
                value = list.Count > 0 ? list[0] : null;
            if (value is not Dictionary<string, object> map || !map.TryGetValue(name, out value))
                return null;
        }
        return value;
    }
}
