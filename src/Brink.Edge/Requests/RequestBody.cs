using System.IO.Pipelines;

namespace Brink.Edge.Requests;

/// <summary>
/// The body of a request on its way through the edge. It is read once: by the origin that it is sent to, or in part by a function that
/// sees it. All copies of a request share it.
/// </summary>
internal sealed class RequestBody
{
    private readonly PipeReader? _reader;
    private Stream _stream;
    private RequestBodyStream? _upload;

    private RequestBody(Stream stream, PipeReader? reader) => (_stream, _reader) = (stream, reader);

    /// <summary>The body of a GET or HEAD that has none.</summary>
    public static RequestBody None { get; } = new(Stream.Null, null);

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => _stream == Stream.Null;

    /// <summary>Whether an origin has asked for it.</summary>
    public bool IsUnderWay => _upload is not null;

    /// <summary>The bytes; <see cref="Stream.Null"/> for none.</summary>
    public Stream Stream => _stream;

    /// <summary>The body of a request.</summary>
    /// <param name="method">Its method: a request that may have a body gets one that a function can fill.</param>
    /// <param name="stream">The bytes; <see cref="Stream.Null"/> for none.</param>
    /// <param name="reader">The same as a pipe, through which a read that is under way is ended; null where there is none.</param>
    public static RequestBody Of(string method, Stream stream, PipeReader? reader) =>
        stream == Stream.Null && method is ("GET" or "HEAD") ? None : new RequestBody(stream, reader);

    /// <summary>Replaces the bytes: by a function's, or by those that it saw and the rest after them.</summary>
    public void Replace(Stream stream)
    {
        if (this != None)
            _stream = stream;
        else if (stream != Stream.Null)
            throw new InvalidOperationException("a GET or HEAD request has no body to replace");
    }

    /// <summary>The body for an origin; null for none. Further attempts get the same one.</summary>
    public RequestBodyStream? ForOrigin() => IsEmpty ? null : _upload ??= new RequestBodyStream(_stream, _reader);

    /// <summary>Ends a read for an origin that is under way. The request must not end before.</summary>
    public ValueTask StopAsync() => _upload?.StopAsync() ?? ValueTask.CompletedTask;
}
