using System.Globalization;
using System.Text;

namespace Brink.Edge.Geography;

/// <summary>The place of an address, each field in the form in which a CloudFront-* header has it (distribution spec 4).</summary>
public sealed class ViewerPlace
{
    private const int LongestRegion = 3;

    /// <summary>Nothing is known.</summary>
    public static ViewerPlace Unknown { get; } = new();

    private readonly string?[] _values = new string?[Enum.GetValues<PlaceField>().Length];

    /// <summary>The value of a field; null where it is not known.</summary>
    public string? this[PlaceField field] => _values[(int)field];

    /// <summary>
    /// A viewer who is said to be in that country. What databases say of another one is left out; an autonomous system is no place.
    /// </summary>
    internal ViewerPlace In(string country)
    {
        if (this[PlaceField.Country] == country)
            return this;
        var place = new ViewerPlace();
        place._values[(int)PlaceField.Country] = country;
        place._values[(int)PlaceField.Asn] = this[PlaceField.Asn];
        return place;
    }

    /// <summary>Takes a database's value, unless there is one already.</summary>
    internal void Add(PlaceField field, object? value)
    {
        if (_values[(int)field] is null && TextOf(field, value) is { Length: > 0 } text)
            _values[(int)field] = text;
    }

    private static string? TextOf(PlaceField field, object? value)
    {
        if (field is PlaceField.Latitude or PlaceField.Longitude)
            return value is double or float ? string.Create(CultureInfo.InvariantCulture, $"{value:F5}") : null;
        return value switch
        {
            string { Length: > LongestRegion } when field == PlaceField.Region => null,
            string text => Encode(text),
            int or long or ulong => Convert.ToString(value, CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    /// <summary>What is not printable ASCII is percent-encoded as UTF-8: no line end of a database becomes one of a request.</summary>
    private static string Encode(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var encoded = new StringBuilder(text.Length * 2);
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            if (octet is >= (byte)' ' and <= (byte)'~')
                encoded.Append((char)octet);
            else
                encoded.Append(CultureInfo.InvariantCulture, $"%{octet:X2}");
        }
        return encoded.ToString();
    }
}
