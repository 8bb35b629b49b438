using Brink.Http;

namespace Brink.Edge.Origins;

/// <summary>
/// What is taken out of an origin's response before anybody sees it: the fields that belong to the connection (distribution spec 3.10). Set-Cookie and
/// Vary are the cache's to judge.
/// </summary>
internal static class OriginResponseHeaders
{
    public static void Clean(HeaderList headers)
    {
        ConnectionFields.RemoveNominated(headers);
        HashSet<string>? dropped = null;
        foreach (var field in headers.AsSpan())
        {
            if (ConnectionFields.IsHopByHop(field.Name))
                (dropped ??= new(StringComparer.OrdinalIgnoreCase)).Add(field.Name);
        }
        if (dropped is not null)
            headers.RemoveAll(dropped);
    }
}
