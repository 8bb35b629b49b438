using Brink.Http;

namespace Brink.Edge.Requests;

/// <summary>What of gRPC an edge has to know: calls are passed on, messages are not looked at (distribution spec 2.4).</summary>
internal static class Grpc
{
    private const string ContentType = "application/grpc";

    /// <summary>Whether a request is a call: a POST over HTTP/2 whose Content-Type says so. gRPC-Web is none.</summary>
    public static bool Is(EdgeRequest request)
    {
        if (request.HttpVersion != "2.0" || request.Method != "POST" || request.Headers.Get("Content-Type") is not { } type)
            return false;
        return type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
            && (type.Length == ContentType.Length || type[ContentType.Length] is '+' or ';' or ' ');
    }

    /// <summary>
    /// The fields that describe a call and its messages. The origin gets them whatever the policies list, as it gets the Content-Type.
    /// </summary>
    public static bool Describes(string name) =>
        name.Equals("grpc-encoding", StringComparison.OrdinalIgnoreCase)
        || name.Equals("grpc-accept-encoding", StringComparison.OrdinalIgnoreCase)
        || name.Equals("grpc-timeout", StringComparison.OrdinalIgnoreCase);
}
