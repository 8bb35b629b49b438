using System.Buffers;

namespace Brink.Http;

/// <summary>Whether a cookie of that name is meant.</summary>
internal delegate bool CookieNamePredicate(ReadOnlySpan<char> name);

/// <summary>The Cookie fields of a request, where the edge takes out what is its own.</summary>
internal static class CookieFields
{
    /// <summary>Takes cookies out of a request. A field that has none of them stays as it is.</summary>
    /// <param name="headers">The request's.</param>
    /// <param name="mark">What the name of every cookie that is meant contains: a field without it is not looked through.</param>
    /// <param name="isMeant">Which.</param>
    public static void Remove(HeaderList headers, string mark, CookieNamePredicate isMeant)
    {
        for (var i = headers.IndexOf("cookie"); i >= 0; i = headers.IndexOf("cookie", i))
        {
            var field = headers[i];
            if (Without(field.Value, mark, isMeant) is not { } rest)
                headers.Apply([new HeaderEdit(i, null)]);
            else
                headers.SetAt(i++, field with { Value = rest });
        }
    }

    /// <summary>The name of <c>name=value</c>; empty for anything else.</summary>
    public static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> cookie) =>
        cookie.IndexOf('=') is > 0 and var end ? cookie[..end] : default;

    /// <summary>The other cookies of a field; the same text where there is nothing else, null where nothing is left.</summary>
    private static string? Without(string cookies, string mark, CookieNamePredicate isMeant)
    {
        if (!cookies.Contains(mark, StringComparison.Ordinal))
            return cookies;
        // A blank behind each semicolon, where there was none before.
        var kept = ArrayPool<char>.Shared.Rent(2 * cookies.Length);
        var (length, found) = (0, false);
        foreach (var range in cookies.AsSpan().Split(';'))
        {
            var cookie = cookies.AsSpan(range).Trim(" \t");
            if (isMeant(NameOf(cookie)))
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
}
