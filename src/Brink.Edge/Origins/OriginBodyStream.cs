namespace Brink.Edge.Origins;

/// <summary>
/// The body of an origin's response. Between two pieces the origin has its read timeout; the time in which nobody asks for the next piece, because the
/// viewer is slow, is not the origin's. Breaking off, a length that lies and a broken chunk all are an <see cref="IOException"/>.
/// </summary>
internal sealed class OriginBodyStream(HttpResponseMessage response, OriginClock clock) : ReadOnlyStream
{
    private readonly Stream _stream = response.Content.ReadAsStream();
    private int _disposed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var registration = cancellationToken == clock.Caller
            ? default
            : cancellationToken.UnsafeRegister(static state => ((OriginClock)state!).Cancel(), clock);
        try
        {
            clock.Expect(clock.ReadTimeout);
            var read = await _stream.ReadAsync(buffer, clock.Token);
            clock.Pause();
            return read;
        }
        catch (OperationCanceledException) when (clock.IsOver && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"the origin sent nothing for {clock.ReadTimeout.TotalSeconds} s, or the response took longer than it may");
        }
        catch (HttpRequestException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            // Not read to the end, this closes the connection; read to the end, it goes back to the pool.
            response.Dispose();
            clock.Dispose();
        }
        base.Dispose(disposing);
    }
}
