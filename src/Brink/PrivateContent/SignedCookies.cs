using System.Buffers;
using Brink.Http;

namespace Brink.PrivateContent;

/// <summary>The cookies that carry a signature (distribution spec 2.12).</summary>
public static class SignedCookies
{
    /// <summary>What a parameter's name has in front as a cookie: <c>CloudFront-Policy</c>.</summary>
    public const string Prefix = "CloudFront-";

    /// <summary>Takes them out of a request: they are in no cache key, and go to no origin.</summary>
    public static void RemoveFrom(HeaderList headers)
    {
        for (var i = headers.IndexOf("cookie"); i >= 0; i = headers.IndexOf("cookie", i))
        {
            var field = headers[i];
            if (Without(field.Value) is not { } rest)
                headers.Apply([new HeaderEdit(i, null)]);
            else
                headers.SetAt(i++, field with { Value = rest });
        }
    }

    /// <summary>The other cookies of a field; the same text where there is nothing else, null where nothing is left.</summary>
    private static string? Without(string cookies)
    {
        if (!cookies.Contains(Prefix, StringComparison.Ordinal))
            return cookies;
        // A blank behind each semicolon, where there was none before.
        var kept = ArrayPool<char>.Shared.Rent(2 * cookies.Length);
        var (length, found) = (0, false);
        foreach (var range in cookies.AsSpan().Split(';'))
        {
            var cookie = cookies.AsSpan(range).Trim(" \t");
            if (SignatureParts.IsCookieName(NameOf(cookie)))
            {
                found = true;
                continue;
            }
            if (length > 0)
                "; ".CopyTo(kept.AsSpan(length));
            length += length > 0 ? 2 : 0;
            cookie.CopyTo(kept.AsSpan(length));
            length += cookie.Length;
        }
        var rest = !found ? cookies : length == 0 ? null : new string(kept, 0, length);
        ArrayPool<char>.Shared.Return(kept);
        return rest;
    }

    /// <summary>The name of <c>name=value</c>; empty for anything else.</summary>
    internal static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> cookie) =>
        cookie.IndexOf('=') is > 0 and var end ? cookie[..end] : default;
}
