using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Brink.Edge.Listening;

/// <summary>
/// HTTP/2 by prior knowledge on the cleartext port (RFC 9113 section 3.3). Kestrel decides by listener and speaks only HTTP/1.1 where there
/// is no TLS to negotiate in. So each edge has a second Kestrel listener that speaks only HTTP/2 and has no socket (<see cref="HandOff"/>):
/// a connection that begins with the preface is run through that listener's chain instead of its own.
/// </summary>
internal sealed class ProtocolSwitch
{
    private static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    private ConnectionDelegate? _http2;

    /// <summary>The middleware of the listener without a socket: remembers its chain, which ends in Kestrel's HTTP/2.</summary>
    public ConnectionDelegate CaptureHttp2(ConnectionDelegate http2)
    {
        _http2 = http2;
        return http2;
    }

    /// <summary>The middleware of the cleartext listener.</summary>
    public ConnectionDelegate Choose(ConnectionDelegate http1) => async connection =>
    {
        if (await SpeaksHttp2Async(connection) is not { } http2)
            return; // the viewer left, or never spoke
        await (http2 ? _http2! : http1)(connection);
    };

    private static async ValueTask<bool?> SpeaksHttp2Async(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        // A viewer that is connected and silent must not hold up a stop. HeadDeadline bounds the wait.
        var lifetime = connection.Features.Get<IConnectionLifetimeNotificationFeature>();
        var closing = lifetime?.ConnectionClosedRequested ?? CancellationToken.None;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(closing);
                var verdict = Judge(read.Buffer);
                // Nothing is consumed. Where the bytes are too few to tell, they count as examined, so that the next read waits for more.
                input.AdvanceTo(read.Buffer.Start, verdict is null ? read.Buffer.End : read.Buffer.Start);
                if (verdict is not null)
                    return verdict;
                if (read.IsCompleted || read.IsCanceled)
                    return read.Buffer.IsEmpty ? null : false;
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ConnectionAbortedException)
        {
            return null;
        }
    }

    /// <summary>True: the preface; false: something else; null: as far as it goes it could be the preface.</summary>
    private static bool? Judge(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> start = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(buffer.Length, start.Length);
        buffer.Slice(0, length).CopyTo(start);
        if (!Preface.StartsWith(start[..length]))
            return false;
        return length == Preface.Length ? true : null;
    }

    /// <summary>Where the HTTP/2 listener "listens": nowhere.</summary>
    public sealed class HandOff : EndPoint
    {
        public override string ToString() => "h2c";
    }

    /// <summary>
    /// Gives Kestrel a listener that never accepts for <see cref="HandOff"/>, our own for cleartext, and its transport for everything else.
    /// </summary>
    /// <param name="sockets">Kestrel's.</param>
    /// <param name="own">Our own listener for an endpoint, or null.</param>
    public sealed class ListenerFactory(IConnectionListenerFactory sockets, Func<EndPoint, IConnectionListener?> own)
        : IConnectionListenerFactory
    {
        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            endpoint is HandOff ? new ValueTask<IConnectionListener>(new SilentListener(endpoint))
            : own(endpoint) is { } listener ? new ValueTask<IConnectionListener>(listener)
            : sockets.BindAsync(endpoint, cancellationToken);
    }

    private sealed class SilentListener(EndPoint endPoint) : IConnectionListener
    {
        private readonly TaskCompletionSource<ConnectionContext?> _unbound = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public EndPoint EndPoint => endPoint;

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            new(_unbound.Task.WaitAsync(cancellationToken));

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _unbound.TrySetResult(null);
            return default;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
