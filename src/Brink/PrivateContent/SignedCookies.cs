using Brink.Http;

namespace Brink.PrivateContent;

/// <summary>The cookies that carry a signature (distribution spec 2.12).</summary>
public static class SignedCookies
{
    /// <summary>What a parameter's name has in front as a cookie: <c>CloudFront-Policy</c>.</summary>
    public const string Prefix = "CloudFront-";

    /// <summary>Takes them out of a request: they are in no cache key, and go to no origin.</summary>
    public static void RemoveFrom(HeaderList headers) => CookieFields.Remove(headers, Prefix, SignatureParts.IsCookieName);
}
