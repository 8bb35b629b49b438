using System.Globalization;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Requests;

namespace Brink.Edge.Cache;

/// <summary>Keys of variants: the key by the policy, and below it what the request selects by (<see cref="VariantFields"/>).</summary>
internal readonly partial struct CacheKey
{
    /// <summary>Of the part behind which a variant's fields are.</summary>
    public const char VariantTag = 'V';

    /// <summary>A key of that text.</summary>
    public static CacheKey Of(ReadOnlySpan<char> text)
    {
        var writer = new Writer(text.Length + 64);
        writer.Append(text);
        return new CacheKey(writer.Buffer, writer.Length);
    }

    /// <summary>The key that a variant's is below; any other one is that itself.</summary>
    public static ReadOnlySpan<char> WithoutVariant(ReadOnlySpan<char> key)
    {
        for (var at = 0; at < key.Length; at += PartHead + LengthAt(key, at))
        {
            if (key[at] == VariantTag)
                return key[..at];
        }
        return key;
    }

    /// <summary>The key of the variant that this request selects. The key itself has been used then.</summary>
    public CacheKey OfVariant(VariantFields fields, RegionalRequest request)
    {
        var writer = new Writer(_buffer, _length);
        writer.Part(VariantTag, fields.Generation.ToString(CultureInfo.InvariantCulture));
        foreach (var name in fields.Names)
        {
            if (VariantFields.ValueIn(request, name) is not { } value)
                continue;
            writer.Part('H', name);
            writer.Part('=', value);
        }
        return new CacheKey(writer.Buffer, writer.Length);
    }
}
