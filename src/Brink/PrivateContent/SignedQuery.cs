using System.Buffers;

namespace Brink.PrivateContent;

/// <summary>The query of a signed URL without what belongs to the signature (distribution spec 2.12).</summary>
public static class SignedQuery
{
    /// <summary>
    /// The other parameters, byte for byte and in their order: what is signed, what is in the cache key, and what origins get. Null where
    /// none is left: then there is no <c>?</c> either.
    /// </summary>
    public static string? Without(string? query)
    {
        if (query is null || !HasAny(query))
            return query;
        var kept = ArrayPool<char>.Shared.Rent(query.Length + 1);
        var length = 0;
        foreach (var range in query.AsSpan().Split('&'))
        {
            var parameter = query.AsSpan(range);
            if (SignatureParts.IsName(NameOf(parameter)))
                continue;
            parameter.CopyTo(kept.AsSpan(length));
            length += parameter.Length;
            kept[length++] = '&';
        }
        var rest = length <= 1 ? null : new string(kept, 0, length - 1);
        ArrayPool<char>.Shared.Return(kept);
        return rest;
    }

    private static bool HasAny(string query)
    {
        foreach (var range in query.AsSpan().Split('&'))
        {
            if (SignatureParts.IsName(NameOf(query.AsSpan(range))))
                return true;
        }
        return false;
    }

    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> parameter) =>
        parameter.IndexOf('=') is >= 0 and var end ? parameter[..end] : parameter;
}
