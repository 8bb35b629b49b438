using System.Buffers.Binary;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Brink.Tests.Edge.Geography;

/// <summary>Writes small MaxMind DBs: a network a line, its record as JSON. Numbers have the kinds that they have in MaxMind's own files.</summary>
internal sealed class MaxMindWriter(int recordBits = 24, int ipVersion = 6)
{
    private readonly List<Node> _nodes = [new()];
    private readonly List<byte> _data = [];

    /// <summary>A database like GeoLite2-City, with one city.</summary>
    public static byte[] City { get; } = new MaxMindWriter().Add("81.2.69.0/24", """
        {
          "city": { "names": { "de": "London", "en": "Saint-Étienne" } }, "country": { "iso_code": "GB", "names": { "en": "United Kingdom" } },
          "subdivisions": [ { "iso_code": "ENG", "names": { "en": "England" } }, { "iso_code": "WBK" } ], "postal": { "code": "OX1" },
          "location": { "latitude": 51.75, "longitude": -1.25, "metro_code": 807, "time_zone": "Europe/London" }
        }
        """).Add("2001:db8::/32", """{ "country": { "iso_code": "DE" } }""").ToArray();

    /// <summary>One like GeoLite2-ASN.</summary>
    public static byte[] Asn { get; } = new MaxMindWriter(28, 4).Add("81.2.0.0/16", """{ "autonomous_system_number": 7018 }""").ToArray();

    public MaxMindWriter Add(string network, string record)
    {
        var at = _data.Count;
        Write(_data, JsonNode.Parse(record));
        return AddAt(network, at);
    }

    /// <summary>Adds a network whose record is those bytes.</summary>
    public MaxMindWriter AddRaw(string network, byte[] record)
    {
        var at = _data.Count;
        _data.AddRange(record);
        return AddAt(network, at);
    }

    public byte[] ToArray(string? metadata = null)
    {
        var file = new List<byte>();
        foreach (var node in _nodes)
            file.AddRange(Bytes(node));
        file.AddRange(new byte[16]);
        file.AddRange(_data);
        file.AddRange([0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8]);
        Write(file, JsonNode.Parse(metadata ?? $$"""
            {
              "node_count": {{_nodes.Count}}, "record_size": {{recordBits}}, "ip_version": {{ipVersion}}, "database_type": "Test", "languages": ["en"],
              "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1700000000, "description": { "en": "a test" }
            }
            """));
        return [.. file];
    }

    private MaxMindWriter AddAt(string network, int data)
    {
        var parsed = IPNetwork.Parse(network);
        var bytes = parsed.BaseAddress.GetAddressBytes();
        var length = parsed.PrefixLength;
        if (bytes.Length == 4 && ipVersion == 6)
            (bytes, length) = ([.. new byte[12], .. bytes], length + 96);
        var node = _nodes[0];
        for (var bit = 0; bit < length; bit++)
        {
            var side = (bytes[bit / 8] >> (7 - bit % 8)) & 1;
            if (bit == length - 1)
            {
                node.Data[side] = data;
                break;
            }
            if (node.Child[side] is not { } next)
            {
                node.Child[side] = next = new Node { Number = _nodes.Count };
                _nodes.Add(next);
            }
            node = next;
        }
        return this;
    }

    private byte[] Bytes(Node node)
    {
        uint Record(int side) => (uint)(node.Child[side]?.Number ?? (node.Data[side] is { } data ? _nodes.Count + 16 + data : _nodes.Count));
        var (left, right) = (Record(0), Record(1));
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, left);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), right);
        return recordBits switch
        {
            24 => [.. bytes[1..4], .. bytes[5..]],
            28 => [.. bytes[1..4], (byte)((bytes[0] << 4) | bytes[4]), .. bytes[5..]],
            _ => bytes,
        };
    }

    private static void Write(List<byte> to, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                Control(to, 7, map.Count);
                foreach (var (name, item) in map)
                {
                    Write(to, name);
                    if (name == "build_epoch")
                        WriteNumber(to, 9, item!.GetValue<ulong>(), 8);
                    else if (name == "node_count")
                        WriteNumber(to, 6, item!.GetValue<uint>(), 4);
                    else
                        Write(to, item);
                }
                break;
            case JsonArray list:
                Control(to, 11, list.Count);
                foreach (var item in list)
                    Write(to, item);
                break;
            case JsonValue number when number.TryGetValue<uint>(out var whole):
                WriteNumber(to, whole <= ushort.MaxValue ? 5 : 6, whole, whole <= ushort.MaxValue ? 2 : 4);
                break;
            case JsonValue number when number.TryGetValue<double>(out var real):
                WriteNumber(to, 3, BitConverter.DoubleToUInt64Bits(real), 8);
                break;
            default:
                var text = Encoding.UTF8.GetBytes(value!.GetValue<string>());
                Control(to, 2, text.Length);
                to.AddRange(text);
                break;
        }
    }

    private static void WriteNumber(List<byte> to, int type, ulong number, int size)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        Control(to, type, size);
        to.AddRange(bytes[^size..]);
    }

    private static void Control(List<byte> to, int type, int size)
    {
        var small = Math.Min(size, 29);
        to.Add((byte)(((type > 7 ? 0 : type) << 5) | small));
        if (type > 7)
            to.Add((byte)(type - 7));
        if (small == 29)
            to.Add((byte)(size - 29));
    }

    private sealed class Node
    {
        public int Number { get; init; }
        public Node?[] Child { get; } = new Node?[2];
        public int?[] Data { get; } = new int?[2];
    }
}
