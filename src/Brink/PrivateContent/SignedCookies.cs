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
        List<HeaderEdit>? edits = null;
        for (var i = headers.IndexOf("cookie"); i >= 0; i = headers.IndexOf("cookie", i + 1))
        {
            var field = headers[i];
            if (!field.Value.Contains(Prefix, StringComparison.Ordinal))
                continue;
            var kept = field.Value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(cookie => !SignatureParts.IsCookieName(NameOf(cookie)));
            var rest = string.Join("; ", kept);
            (edits ??= []).Add(new HeaderEdit(i, rest.Length == 0 ? null : field with { Value = rest }));
        }
        if (edits is not null)
            headers.Apply(edits.ToArray());
    }

    /// <summary>The name of <c>name=value</c>; empty for anything else.</summary>
    internal static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> cookie) =>
        cookie.IndexOf('=') is > 0 and var end ? cookie[..end] : default;
}
