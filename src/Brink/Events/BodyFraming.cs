using System.Globalization;
using Brink.Http;

namespace Brink.Events;

/// <summary>The length of a function's body, as a field of the message.</summary>
internal static class BodyFraming
{
    /// <summary>Sets Content-Length to the length of the body, and removes the Transfer-Encoding of the body that it replaces.</summary>
    public static void SetContentLength(EdgeResponse response)
    {
        response.Headers.Remove("Transfer-Encoding");
        if (response.StatusCode is 204 or 304 && response.Body.Length == 0)
            response.Headers.Remove("Content-Length");                  // RFC 9110 section 8.6: none at all in a 204
        else
            response.Headers.Set("Content-Length", response.Body.Length!.Value.ToString(CultureInfo.InvariantCulture));
    }
}
