using Brink.Distributions;
using Brink.Functions;
using Brink.Lambda;

namespace Brink.Edge.Logs;

/// <summary>Where the edge reports what it did. Called on request threads: an implementation returns at once and never throws.</summary>
public interface IAccessLog
{
    /// <summary>One request that got an answer, or whose viewer left before it (status 0).</summary>
    void Write(in AccessLogEntry entry);

    /// <summary>
    /// A request that was not even HTTP, or broke a rule of it: refused with 400 (408 if its head came too slowly)
    /// before there was anything to log about it.
    /// </summary>
    /// <param name="reason">One sentence, from the parser; may quote bytes of the request.</param>
    void Refused(string reason);

    /// <summary>Something that the edge goes on without, or has again.</summary>
    /// <param name="place">What it is about: the cache.</param>
    /// <param name="message">One sentence.</param>
    void Warned(string place, string message);

    /// <summary>A fault of the edge itself: the viewer got 500 or lost the connection.</summary>
    void Faulted(string requestId, Exception exception);
}

/// <summary>One request, in the words of the access log (spec 2.14).</summary>
public readonly record struct AccessLogEntry
{
    /// <summary>When the edge had read the head of the request.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>c-ip.</summary>
    public required string ViewerIp { get; init; }

    /// <summary>cs-method.</summary>
    public required string Method { get; init; }

    /// <summary>x-host-header: what the viewer sent, port included.</summary>
    public required string Host { get; init; }

    /// <summary>cs-uri-stem, as the viewer sent it.</summary>
    public required string Uri { get; init; }

    /// <summary>cs-uri-query, as the viewer sent it; null for none.</summary>
    public required string? QueryString { get; init; }

    /// <summary>sc-status; 0 when the viewer left before the reply.</summary>
    public required int StatusCode { get; init; }

    /// <summary>
    /// Bytes of body that the viewer's connection has taken, also where the viewer left before the end. A
    /// piece that was under way then is not counted.
    /// </summary>
    public required long BodyBytes { get; init; }

    /// <summary>Bytes that the viewer sent over a WebSocket, behind the handshake; 0 for everything else.</summary>
    public long ReceivedBytes { get; init; }

    /// <summary>cs-protocol: http, https, ws, wss, grpc or grpcs.</summary>
    public string Protocol
    {
        get => field ?? "http";
        init;
    }

    /// <summary>x-edge-result-type.</summary>
    public required ResultType ResultType { get; init; }

    /// <summary>x-edge-detailed-result-type.</summary>
    public required string DetailedResultType { get; init; }

    /// <summary>x-edge-request-id.</summary>
    public required string RequestId { get; init; }

    /// <summary>time-taken: from the head of the request to the last byte handed to the network.</summary>
    public required TimeSpan TimeTaken { get; init; }

    /// <summary>cs-protocol-version without the name: 1.0, 1.1, 2.0.</summary>
    public required string HttpVersion { get; init; }

    /// <summary>The id of the distribution; null when none answers to the host.</summary>
    public string? DistributionId { get; init; }

    /// <summary>
    /// primary-distribution-id and primary-distribution-dns-name, where the distribution is a staging one: whose request it was. Else null.
    /// </summary>
    public Distribution? PrimaryDistribution { get; init; }

    /// <summary>What the viewer-request function did; null if none ran.</summary>
    public FunctionRun? ViewerRequestRun { get; init; }

    /// <summary>What the viewer-response function did; null if none ran.</summary>
    public FunctionRun? ViewerResponseRun { get; init; }

    /// <summary>What Lambda@Edge functions did, in order; empty if none ran.</summary>
    public IReadOnlyList<LambdaRun> LambdaRuns
    {
        get => field ?? [];
        init;
    }

    /// <summary>The id of the origin that answered or failed; null when none was asked.</summary>
    public string? OriginId { get; init; }

    /// <summary>Why the first origin of a group was left for the second, in words for the developer; null if it was not.</summary>
    public string? FailoverReason { get; init; }

    /// <summary>Why a bucket refused, in words for the developer; null if it did not.</summary>
    public string? OriginNote { get; init; }

    /// <summary>
    /// cache-behavior-path-pattern: that of the behavior, * for the default one; null when no distribution answers to the host.
    /// </summary>
    public string? PathPattern { get; init; }

    /// <summary>Whether a Set-Cookie of the origin was taken out because no policy sends cookies to it.</summary>
    public bool DroppedSetCookie { get; init; }

    /// <summary>
    /// Why the origin's answer was not stored, as decided when its head came; null where nothing spoke against it, or no origin was asked.
    /// </summary>
    public NotStoredReason? NotStored { get; init; }

    /// <summary>What the edge did and decided, in order; null where that is not recorded.</summary>
    public IReadOnlyList<RequestStep>? Steps { get; init; }

    /// <summary>The page of the distribution that was sent in an error's place, with the status of that error; null for none.</summary>
    public CustomErrorPage? ErrorPage { get; init; }

    /// <summary>Why an error page was sent, in words for the developer; null otherwise.</summary>
    public string? ErrorDetail { get; init; }
}

/// <summary>Writes nothing, and costs nothing.</summary>
public sealed class NoAccessLog : IAccessLog
{
    /// <summary>The only one.</summary>
    public static NoAccessLog Instance { get; } = new();

    private NoAccessLog() { }

    /// <inheritdoc/>
    public void Write(in AccessLogEntry entry) { }

    /// <inheritdoc/>
    public void Refused(string reason) { }

    /// <inheritdoc/>
    public void Warned(string place, string message) { }

    /// <inheritdoc/>
    public void Faulted(string requestId, Exception exception) { }
}
