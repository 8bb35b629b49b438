using System.Buffers;
using System.Globalization;
using System.Text;
using Brink.Http;

namespace Brink.Signing;

/// <summary>
/// The one spelling of a path and of a query that signature version 4 knows for S3. A signed request is sent in this spelling too: then it
/// does not matter whether the server signs what it received or what it decoded.
/// </summary>
public static class UriEncoding
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private static readonly SearchValues<char> Plain = SearchValues.Create(Unreserved);
    private static readonly SearchValues<char> PlainInPath = SearchValues.Create(Unreserved + "/");

    /// <summary>
    /// A path: decoded once, encoded once. Slashes, however they were spelt, stand as slashes, since keys have them; dots and double
    /// slashes stay, since keys have those too. A plus is a plus.
    /// </summary>
    public static string Path(string wire)
    {
        if (!wire.AsSpan().ContainsAnyExcept(PlainInPath))
            return wire;
        var path = new StringBuilder(wire.Length + 16);
        Append(path, wire, PlainInPath, isQuery: false);
        return path.ToString();
    }

    /// <summary>A query in its own order: each name and value decoded once, encoded once. A plus is a space, as in forms.</summary>
    public static string Query(string wire)
    {
        var query = new StringBuilder(wire.Length + 16);
        foreach (var range in wire.AsSpan().Split('&'))
        {
            var part = wire.AsSpan()[range];
            if (part.IsEmpty)
                continue;
            if (query.Length > 0)
                query.Append('&');
            var equals = part.IndexOf('=');
            Append(query, equals < 0 ? part : part[..equals], Plain, isQuery: true);
            if (equals < 0)
                continue;
            query.Append('=');
            Append(query, part[(equals + 1)..], Plain, isQuery: true);
        }
        return query.ToString();
    }

    /// <summary>An encoded query as it is signed: sorted by name and value, each name with a value.</summary>
    internal static string Canonical(string encodedQuery)
    {
        if (encodedQuery.Length == 0)
            return "";
        var parts = new List<(string Name, string Value)>();
        foreach (var part in encodedQuery.Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            parts.Add(equals < 0 ? (part, "") : (part[..equals], part[(equals + 1)..]));
        }
        parts.Sort(static (a, b) =>
        {
            var byName = string.CompareOrdinal(a.Name, b.Name);
            return byName != 0 ? byName : string.CompareOrdinal(a.Value, b.Value);
        });
        return string.Join('&', parts.Select(part => $"{part.Name}={part.Value}"));
    }

    private static void Append(StringBuilder target, ReadOnlySpan<char> wire, SearchValues<char> plain, bool isQuery)
    {
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < wire.Length; i++)
        {
            var character = wire[i];
            // A percent sign that begins no escape stands for itself.
            if (character == '%' && i + 2 < wire.Length && WireNumber.TryReadHexByte(wire.Slice(i + 1, 2), out var escaped))
            {
                character = (char)escaped;
                i += 2;
            }
            else if (character == '+' && isQuery)
            {
                character = ' ';
            }
            if (plain.Contains(character))
            {
                target.Append(character);
                continue;
            }
            // A char up to 0xFF stands for the byte that came over the wire; anything above came from a function, and goes out as UTF-8.
            var count = 1;
            if (character <= 0xff)
            {
                utf8[0] = (byte)character;
            }
            else
            {
                Rune.DecodeFromUtf16(wire[i..], out var rune, out var consumed);
                count = rune.EncodeToUtf8(utf8);
                i += consumed - 1;
            }
            foreach (var value in utf8[..count])
                target.Append('%').Append(value.ToString("X2", CultureInfo.InvariantCulture));
        }
    }
}
