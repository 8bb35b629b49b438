using Brink.Http;

namespace Brink.Edge.Messages;

/// <summary>
/// The fields of a message that belong to one connection and go no further: those that HTTP names, and those that its sender
/// nominates in Connection (RFC 9110 section 7.6.1).
/// </summary>
internal static class ConnectionFields
{
    public const string KeepAlive = "keep-alive";

    /// <summary>
    /// Removes what the sender of a received message nominates. It comes first: a field that the viewer could remove between the cache key
    /// and the origin would put another object under the same key, and the viewer must not nominate a field that a function adds later.
    /// </summary>
    public static void RemoveNominated(HeaderList received)
    {
        HashSet<string>? nominated = null;
        for (var i = received.IndexOf("Connection"); i >= 0; i = received.IndexOf("Connection", i + 1))
        {
            var options = received[i].Value.AsSpan();
            foreach (var range in options.Split(','))
            {
                var option = options[range].Trim(" \t");
                if (!option.IsEmpty && !IsKeepAlive(option) && !IsClose(option) && !IsForAll(option))
                    (nominated ??= new(StringComparer.OrdinalIgnoreCase)).Add(option.ToString());
            }
        }
        if (nominated is not null)
            received.RemoveAll(nominated);
    }

    public static bool IsKeepAlive(ReadOnlySpan<char> option) => option.Equals(KeepAlive, StringComparison.OrdinalIgnoreCase);

    public static bool IsClose(ReadOnlySpan<char> option) => option.Equals("close", StringComparison.OrdinalIgnoreCase);

    /// <summary>Fields that are never nominated: they frame and address the message, or record its way so far.</summary>
    private static bool IsForAll(ReadOnlySpan<char> name) =>
        Is(name, "host") || Is(name, "content-length") || Is(name, "transfer-encoding") || Is(name, "connection")
        || Is(name, "via") || Is(name, "cdn-loop") || Is(name, "forwarded")
        || name.StartsWith("x-forwarded-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("cloudfront-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("x-amz-cf-", StringComparison.OrdinalIgnoreCase);

    private static bool Is(ReadOnlySpan<char> name, string header) => name.Equals(header, StringComparison.OrdinalIgnoreCase);
}
