using Brink.Distributions;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.Origins;

/// <summary>What is taken out of an origin's response before anybody sees it: functions, cache, viewer (distribution spec 3.10, 3.2).</summary>
internal static class OriginResponseHeaders
{
    public static void Clean(HeaderList headers, CacheBehavior behavior)
    {
        var items = ForwardedItems.Of(behavior);
        // Two steps: what Connection lists must be known until the last of it is gone.
        var dropped = new List<string>();
        foreach (var field in headers.AsSpan())
        {
            if (OriginRequestHeaders.IsHopByHop(field.Name) || (IsRemovable(field.Name) && OriginRequestHeaders.IsListedInConnection(headers, field.Name)))
                dropped.Add(field.Name);
        }
        foreach (var name in dropped)
            headers.Remove(name);
        // Nobody who is not asked for cookies may set some: the response may go to every viewer.
        if (!items.SendsAnyCookies)
            headers.Remove("Set-Cookie");
        FilterVary(headers, items);
    }

    /// <summary>An origin that lists Content-Length in Connection does not change how long its body is.</summary>
    private static bool IsRemovable(string name) => !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Vary tells the viewer's own cache what the response depends on. Names that never reach the origin cannot matter; <c>*</c> stays, as the edge's
    /// cache goes by it (spec 3.5).
    /// </summary>
    private static void FilterVary(HeaderList headers, ForwardedItems items)
    {
        if (headers.Get("Vary") is null)
            return;
        var kept = new List<string>();
        foreach (var field in headers)
        {
            if (!field.Name.Equals("Vary", StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var entry in field.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (Matters(entry, items))
                    kept.Add(entry);
            }
        }
        if (kept.Count == 0)
            headers.Remove("Vary");
        else
            headers.Set("Vary", string.Join(", ", kept));
    }

    private static bool Matters(string name, ForwardedItems items) => name.ToLowerInvariant() switch
    {
        "*" or "accept-encoding" or "cookie" => true,
        "user-agent" when DeviceHeaders.Any(header => items.AddsCloudFrontHeader(header)) => true,
        _ => items.SendsHeader(name),
    };

    private static readonly string[] DeviceHeaders =
    [
        "CloudFront-Is-Android-Viewer", "CloudFront-Is-Desktop-Viewer", "CloudFront-Is-IOS-Viewer",
        "CloudFront-Is-Mobile-Viewer", "CloudFront-Is-SmartTV-Viewer", "CloudFront-Is-Tablet-Viewer",
    ];
}
