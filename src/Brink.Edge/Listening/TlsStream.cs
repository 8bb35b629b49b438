using System.IO.Pipelines;

namespace Brink.Edge.Listening;

/// <summary>The transport's two pipes as the one stream that <see cref="System.Net.Security.SslStream"/> asks for.</summary>
internal sealed class TlsStream(IDuplexPipe transport) : Stream
{
    /// <summary>What is collected before it is sent all the same.</summary>
    private const int Most = 64 * 1024;

    private readonly Stream _reading = transport.Input.AsStream(leaveOpen: true);
    private readonly PipeWriter _output = transport.Output;

    /// <summary>Looks at what is sent; null where nothing is asked of it.</summary>
    public ServerHello? Hello { get; set; }

    /// <summary>Whether records wait for <see cref="SendAsync"/>, rather than leave as they are made.</summary>
    public bool IsCollecting { get; set; }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Sends what was collected.</summary>
    public ValueTask<FlushResult> SendAsync(CancellationToken cancellationToken) => _output.FlushAsync(cancellationToken);

    public void CancelPendingFlush() => _output.CancelPendingFlush();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _reading.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _reading.ReadAsync(buffer, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Hello?.Look(buffer.Span);
        buffer.Span.CopyTo(_output.GetSpan(buffer.Length));
        _output.Advance(buffer.Length);
        return IsCollecting && _output.UnflushedBytes < Most ? default : Sent(_output.FlushAsync(cancellationToken));
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("a connection is read asynchronously");
    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("a connection is written asynchronously");
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    private static ValueTask Sent(ValueTask<FlushResult> flush)
    {
        return flush.IsCompletedSuccessfully && !flush.Result.IsCompleted ? default : WaitAsync(flush);

        static async ValueTask WaitAsync(ValueTask<FlushResult> flush)
        {
            if ((await flush).IsCompleted)
                throw new IOException("the viewer is gone");
        }
    }
}
