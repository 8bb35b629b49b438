using System.IO.Pipelines;
using Brink.Edge.Delivery;
using Brink.Edge.Messages;

namespace Brink.Tests.Edge;

/// <summary>The relay by itself: what one side does not take is not read from the other.</summary>
public sealed class WebSocketRelayTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OneSideTakesNothing_NothingMoreIsReadFromTheOther(bool toViewer)
    {
        var (viewer, origin) = (new Side(), new Side());
        var (source, target) = toViewer ? (origin, viewer) : (viewer, origin);
        using var relay = new WebSocketRelay(viewer, new Tunnel(origin), TimeProvider.System);
        var running = relay.RunAsync(CancellationToken.None, CancellationToken.None);

        await source.SaysAsync(10_000_000);
        await target.IsAskedToTakeAsync();

        Assert.InRange(source.WasRead, 1, 128 * 1024);
        var before = source.WasRead;
        for (var i = 0; i < 100; i++)
            await Task.Yield();
        Assert.Equal(before, source.WasRead);

        target.TakesEverything();
        source.Ends();
        await running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(10_000_000, toViewer ? relay.FromOrigin : relay.FromViewer);
    }

    /// <summary>A side that has much to say and takes nothing until it is told to.</summary>
    private sealed class Side : Stream
    {
        private readonly Pipe _says = new(new PipeOptions(pauseWriterThreshold: 0));
        private readonly TaskCompletionSource _asked = new(), _takes = new();

        public int WasRead { get; private set; }

        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public async Task SaysAsync(int bytes) => await _says.Writer.WriteAsync(new byte[bytes]);

        public void Ends() => _says.Writer.Complete();

        public Task IsAskedToTakeAsync() => _asked.Task.WaitAsync(TimeSpan.FromSeconds(10));

        public void TakesEverything() => _takes.TrySetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await _says.Reader.ReadAsync(cancellationToken);
            var count = (int)Math.Min(read.Buffer.Length, buffer.Length);
            foreach (var piece in read.Buffer.Slice(0, count))
            {
                piece.CopyTo(buffer);
                buffer = buffer[piece.Length..];
            }
            _says.Reader.AdvanceTo(read.Buffer.GetPosition(count));
            WasRead += count;
            return count;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _asked.TrySetResult();
            await _takes.Task.WaitAsync(cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }

    private sealed class Tunnel(Stream stream) : TunnelBody
    {
        public override Stream Stream => stream;

        public override ValueTask EndSendingAsync()
        {
            ((Side)stream).Ends();
            return default;
        }

        public override void Dispose() { }
    }
}
