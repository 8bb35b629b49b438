using System.Globalization;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Requests;

namespace Brink.Edge.Cache;

/// <summary>Keys of variants: the key by the policy, and below it what the request selects by (<see cref="VariantFields"/>).</summary>
internal readonly partial struct CacheKey
{
    /// <summary>The key of the variant that this request selects. The key itself has been used then.</summary>
    public CacheKey OfVariant(VariantFields fields, RegionalRequest request)
    {
        var writer = new Writer(_buffer, _length);
        writer.Part('V', fields.Generation.ToString(CultureInfo.InvariantCulture));
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
