using Brink.Edge.Messages;
using Brink.Http;

namespace Brink.Edge.Origins;

/// <summary>
/// What is taken out of an origin's response first: the fields that belong to the connection (distribution spec 3.10).
/// Set-Cookie and Vary are the cache's to judge.
/// </summary>
internal static class OriginResponseHeaders
{
    /// <param name="headers">The fields.</param>
    /// <param name="keepsTransferEncoding">
    /// A function on origin-response will see Transfer-Encoding, which it may not change (lambda-edge spec 3.2).
    /// </param>
    public static void Clean(HeaderList headers, bool keepsTransferEncoding)
    {
        ConnectionFields.RemoveNominated(headers);
        HashSet<string>? dropped = null;
        foreach (var field in headers.AsSpan())
        {
            if (keepsTransferEncoding && field.Name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
                continue;
            if (UnforwardedFields.IsHopByHop(field.Name))
                (dropped ??= new(StringComparer.OrdinalIgnoreCase)).Add(field.Name);
        }
        if (dropped is not null)
            headers.RemoveAll(dropped);
    }
}
