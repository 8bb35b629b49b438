using System.Text;

namespace Brink.Lambda.RuntimeApi;

/// <summary>The answers of the Runtime API that never change, ready to send.</summary>
internal static class RuntimeAnswers
{
    /// <summary>The largest payload either way, in bytes: 6 MB and a little (lambda-edge spec 6.2).</summary>
    public const int PayloadLimit = 6 * 1024 * 1024 + 100;

    /// <summary>The largest head: a cause for X-Ray may be 1 MB by itself.</summary>
    public const int HeadLimit = 1024 * 1024 + 64 * 1024;

    public static readonly byte[] Accepted = Json("202 Accepted", """{"status":"OK"}""");
    public static readonly byte[] Pong = Answer("200 OK", "text/plain; charset=utf-8", "pong");
    public static readonly byte[] Continue = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();
    public static readonly byte[] NotFound = Answer("404 Not Found", "text/plain; charset=utf-8", "404 page not found\n");
    public static readonly byte[] InvalidRequestId = Error("400 Bad Request", "InvalidRequestID", "Invalid request ID");
    public static readonly byte[] PayloadTooLarge = Error(
        "413 Request Entity Too Large", "RequestEntityTooLarge", $"Exceeded maximum allowed payload size ({PayloadLimit} bytes).");

    public static readonly byte[] NotYours = Error(
        "403 Forbidden", "Forbidden", "This is the Runtime API of another environment: it answers only the processes of its own");

    public static byte[] InvalidStateTransition(string from, string to) => Error(
        "403 Forbidden", "InvalidStateTransition",
        $"State transition from {from} to {to} failed for runtime. Error: State transition is not allowed");

    public static byte[] Malformed(string reason) => Error("400 Bad Request", "BadRequest", $"Malformed request: {reason}");

    private static byte[] Error(string status, string type, string message) =>
        Json(status, $$"""{"errorMessage":"{{message}}","errorType":"{{type}}"}""");

    private static byte[] Json(string status, string body) => Answer(status, "application/json", body);

    private static byte[] Answer(string status, string contentType, string body) =>
        Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
