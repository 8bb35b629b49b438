using System.Text;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Cache.Rules;

/// <summary>
/// What of an origin's headers goes no further than the edge: Set-Cookie and names in Vary (distribution spec 3.2, 3.10).
/// </summary>
internal static class ResponseFilter
{
    /// <summary>
    /// Removes Set-Cookie where no cookie reaches the origin, and from Vary every name that the viewer's copy does not vary on.
    /// </summary>
    /// <returns>Whether there was a Set-Cookie, which is gone.</returns>
    public static bool Apply(EdgeResponse response, ForwardedItems items)
    {
        var dropsCookies = !items.SendsAnyCookies && response.Headers.Contains("set-cookie");
        if (dropsCookies)
            response.Headers.Remove("set-cookie");
        FilterVary(response.Headers, items);
        return dropsCookies;
    }

    private static void FilterVary(HeaderList headers, ForwardedItems items)
    {
        var index = headers.IndexOf("vary");
        if (index < 0)
            return;
        var name = headers[index].Name;
        var kept = new StringBuilder();
        for (; index >= 0; index = headers.IndexOf("vary", index + 1))
        {
            var value = headers[index].Value.AsSpan();
            foreach (var range in value.Split(','))
            {
                var field = value[range].Trim();
                if (!Keeps(field, items))
                    continue;
                if (kept.Length > 0)
                    kept.Append(", ");
                kept.Append(field);
            }
        }
        if (kept.Length == 0)
            headers.Remove("vary");
        else
            headers.Set(name, kept.ToString());
    }

    private static bool Keeps(ReadOnlySpan<char> field, ForwardedItems items)
    {
        if (field.IsEmpty || field is "*")
            return false;
        if (field.Equals("accept-encoding", StringComparison.OrdinalIgnoreCase)
            || field.Equals("cookie", StringComparison.OrdinalIgnoreCase))
            return true;
        if (items.SendsHeader(field))
            return true;
        return field.Equals("user-agent", StringComparison.OrdinalIgnoreCase) && SendsDeviceHeader(items);
    }

    private static bool SendsDeviceHeader(ForwardedItems items) =>
        items.AddsCloudFrontHeader("CloudFront-Is-Desktop-Viewer")
        || items.AddsCloudFrontHeader("CloudFront-Is-Mobile-Viewer")
        || items.AddsCloudFrontHeader("CloudFront-Is-SmartTV-Viewer")
        || items.AddsCloudFrontHeader("CloudFront-Is-Tablet-Viewer")
        || items.AddsCloudFrontHeader("CloudFront-Is-Android-Viewer")
        || items.AddsCloudFrontHeader("CloudFront-Is-IOS-Viewer");
}
