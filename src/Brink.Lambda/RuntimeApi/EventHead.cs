using System.Globalization;
using System.Text.Unicode;

namespace Brink.Lambda.RuntimeApi;

/// <summary>The head of the answer that carries an event (lambda-edge spec 6.2), written into one buffer again and again.</summary>
internal sealed class EventHead(string functionArn)
{
    private readonly byte[] _buffer = new byte[1024];

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(string requestId, int eventBytes, DateTimeOffset now, TimeSpan remaining)
    {
        var deadline = (now + remaining).ToUnixTimeMilliseconds();
        var (first, second, third) = (requestId.AsMemory(0, 8), requestId.AsMemory(9, 4), requestId.AsMemory(24, 12));
        var fits = Utf8.TryWrite(
            _buffer,
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: {requestId}\r\n" +
            $"Lambda-Runtime-Deadline-Ms: {deadline}\r\nLambda-Runtime-Invoked-Function-Arn: {functionArn}\r\n" +
            $"Lambda-Runtime-Trace-Id: Root=1-{now.ToUnixTimeSeconds():x8}-{first.Span}{second.Span}{third.Span};Sampled=0\r\n" +
            $"Content-Length: {eventBytes}\r\n\r\n",
            out var length);
        return fits ? _buffer.AsSpan(0, length) : throw new InvalidOperationException("the head of an event does not fit its buffer");
    }
}
