using System.IO.Compression;
using Brink.Edge.Cache.Filling;
using Brink.Edge.Cache.Rules;

namespace Brink.Tests.Edge.Cache;

/// <summary>A body that is compressed while it is read: whose threads work, and what happens when it ends early.</summary>
public sealed class CompressingStreamTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task BodyInPiecesOfAnySize_IsWhole(string name)
    {
        var coding = name == "br" ? ContentCoding.Brotli : ContentCoding.Gzip;
        var random = new Random(7);
        for (var round = 0; round < 60; round++)
        {
            var body = new byte[1 + random.Next(200_000)];
            for (var i = 0; i < body.Length; i++)
                body[i] = (byte)(round % 3 == 0 ? random.Next(256) : i / 7 % 60);
            var source = new ScriptedStream();
            for (int at = 0, size; at < body.Length; at += size)
            {
                size = Math.Min(body.Length - at, 1 + random.Next(50_000));
                source.Send(body[at..(at + size)]);
            }
            using var turns = new SemaphoreSlim(1);
            var released = 0;
            await using (var stream = new CompressingStream(source, body.Length, coding, turns, () => released++))
            {
                using var encoded = new MemoryStream();
                var buffer = new byte[1 + random.Next(5_000)];
                for (int read; (read = await stream.ReadAsync(buffer, Ct)) > 0;)
                    encoded.Write(buffer, 0, read);
                encoded.Position = 0;
                await using Stream decoding = coding == ContentCoding.Brotli ? new BrotliStream(encoded, CompressionMode.Decompress) : new GZipStream(encoded, CompressionMode.Decompress);
                using var decoded = new MemoryStream();
                await decoding.CopyToAsync(decoded, Ct);
                Assert.True(decoded.ToArray().AsSpan().SequenceEqual(body));
            }
            Assert.Equal(1, released);
        }
    }

    // The source has everything at once, as a file has: nothing makes the reader wait but the stream itself.
    [Fact]
    public async Task Work_IsDoneOnThreadsOfThePool()
    {
        var encoder = new ScriptedEncoder();
        using var turns = new SemaphoreSlim(1);
        await using var stream = new CompressingStream(new MemoryStream(new byte[100_000]), 100_000, encoder, turns, () => { });
        var reading = new TaskCompletionSource<Task<int>>();
        var poller = new Thread(() => reading.SetResult(stream.ReadAsync(new byte[10], Ct).AsTask())) { IsBackground = true };
        poller.Start();

        await await reading.Task;

        Assert.NotEqual(poller, encoder.WorkedOn);
        Assert.True(encoder.WasPoolThread);
    }

    [Fact]
    public async Task Work_WaitsForItsTurn()
    {
        var encoder = new ScriptedEncoder();
        using var turns = new SemaphoreSlim(0);
        await using var stream = new CompressingStream(new MemoryStream(new byte[10]), 10, encoder, turns, () => { });
        var reading = stream.ReadAsync(new byte[10], Ct).AsTask();
        Assert.False(reading.IsCompleted);
        Assert.Null(encoder.WorkedOn);

        turns.Release();

        Assert.Equal(1, await reading);
        Assert.Equal(1, turns.CurrentCount);
    }

    [Fact]
    public async Task DisposedWhileTheEncoderWorks_TheEncoderGoesAfterwards()
    {
        using var mayWork = new ManualResetEventSlim();
        var encoder = new ScriptedEncoder { Working = mayWork.Wait };
        using var turns = new SemaphoreSlim(1);
        var released = 0;
        var stream = new CompressingStream(new MemoryStream(new byte[10]), 10, encoder, turns, () => released++);
        var reading = stream.ReadAsync(new byte[10], Ct).AsTask();
        await encoder.Began;

        await stream.DisposeAsync();
        await stream.DisposeAsync();
        Assert.Equal((false, 0), (encoder.IsDisposed, released));
        mayWork.Set();
        await reading;

        Assert.Equal((true, 1), (encoder.IsDisposed, released));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[1], Ct).AsTask());
    }

    [Fact]
    public async Task DisposedWhileTheSourceIsAwaited_EverythingGoesWithTheRead()
    {
        var source = new ScriptedStream();
        var encoder = new ScriptedEncoder();
        using var turns = new SemaphoreSlim(1);
        var released = 0;
        var stream = new CompressingStream(source, 10, encoder, turns, () => released++);
        var reading = stream.ReadAsync(new byte[10], Ct).AsTask();

        await stream.DisposeAsync();
        await source.Disposed;
        Assert.Equal((false, 0), (encoder.IsDisposed, released));
        source.Break();
        await Assert.ThrowsAsync<IOException>(() => reading);

        Assert.Equal((true, 1), (encoder.IsDisposed, released));
    }

    [Fact]
    public async Task Cancelled_WhileItWaitsForItsTurn_TheTurnIsNotTaken()
    {
        using var turns = new SemaphoreSlim(0);
        await using var stream = new CompressingStream(new MemoryStream(new byte[10]), 10, new ScriptedEncoder(), turns, () => { });
        using var cancelled = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[10], cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(0, turns.CurrentCount);
    }

    // Readers that leave at any moment, many at once: memory that one encoder gave back must never be another's.
    [Fact]
    public async Task ManyThatEndAnywhere_DisturbNoOther()
    {
        using var turns = new SemaphoreSlim(2);
        var released = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async number =>
        {
            var body = new byte[60_000];
            body.AsSpan().Fill((byte)number);
            var stream = new CompressingStream(new MemoryStream(body), body.Length, number % 2 == 0 ? ContentCoding.Gzip : ContentCoding.Brotli, turns, () => Interlocked.Increment(ref released));
            using var encoded = new MemoryStream();
            var reading = stream.CopyToAsync(encoded, Ct);
            if (number % 4 < 2)
            {
                await stream.DisposeAsync();
                await reading.ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            }
            await reading;
            await stream.DisposeAsync();
            encoded.Position = 0;
            await using Stream decoding = number % 2 == 0 ? new GZipStream(encoded, CompressionMode.Decompress) : new BrotliStream(encoded, CompressionMode.Decompress);
            using var decoded = new MemoryStream();
            await decoding.CopyToAsync(decoded, Ct);
            Assert.Equal(body, decoded.ToArray());
        }));
        Assert.Equal((200, 2), (released, turns.CurrentCount));
    }

    private sealed class ScriptedEncoder : ContentEncoder
    {
        private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Action? Working { get; init; }

        public Task Began => _began.Task;

        public Thread? WorkedOn { get; private set; }

        public bool WasPoolThread { get; private set; }

        public bool IsDisposed { get; private set; }

        public override void Encode(ReadOnlySpan<byte> piece, bool isLast, MemoryStream output)
        {
            (WorkedOn, WasPoolThread) = (Thread.CurrentThread, Thread.CurrentThread.IsThreadPoolThread);
            _began.TrySetResult();
            Working?.Invoke();
            output.WriteByte(1);
        }

        public override void Dispose() => IsDisposed = true;
    }
}
