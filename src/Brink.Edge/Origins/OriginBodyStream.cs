using System.Buffers;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;

namespace Brink.Edge.Origins;

/// <summary>
/// The body of an origin's response. Between two pieces the origin has its read timeout; the time in which no piece is asked for, because
/// the viewer is slow, does not count. A body that breaks off, a wrong length and a broken chunk are each an <see cref="IOException"/>.
/// </summary>
internal sealed class OriginBodyStream(HttpResponseMessage response, OriginClock clock) : ReadOnlyStream
{
    private const int AheadBytes = 16 * 1024;

    private readonly Stream _stream = response.Content.ReadAsStream();
    private byte[]? _ahead;
    private Task<int>? _readingAhead;
    private ReadOnlyMemory<byte> _left;
    private int _disposed;

    /// <summary>
    /// Reads the first piece ahead, so that no answer is begun whose body is invalid. If it has not
    /// come in time, it is left to the first read.
    /// </summary>
    /// <exception cref="IOException">There is no first piece.</exception>
    public async ValueTask AwaitFirstPieceAsync(TimeSpan patience, TimeProvider time)
    {
        _ahead = ArrayPool<byte>.Shared.Rent(AheadBytes);
        _readingAhead = ReadFromOriginAsync(_ahead, clock.Caller).AsTask();
        try
        {
            if (!_readingAhead.IsCompleted)
                await _readingAhead.WaitAsync(patience, time, clock.Caller);
            await TakeAheadAsync();
        }
        catch (TimeoutException)
        {
            // The origin is slow. Its head need not wait.
        }
    }

    /// <summary>The fields behind the body, once it has been read to its end.</summary>
    public HeaderList ReadTrailers()
    {
        var trailers = new HeaderList();
        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
        {
            if (UnforwardedFields.IsHopByHop(name))
                continue;
            foreach (var value in values)
                trailers.Add(name, value);
        }
        return trailers;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_readingAhead is not null)
            await TakeAheadAsync(cancellationToken);
        if (_ahead is null)
            return await ReadFromOriginAsync(buffer, cancellationToken);

        var count = Math.Min(buffer.Length, _left.Length);
        _left[..count].CopyTo(buffer);
        _left = _left[count..];
        if (_left.IsEmpty)
            ReturnAhead();
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            // Not read to the end, this closes the connection; read to the end, it goes back to the pool.
            response.Dispose();
            clock.Dispose();
            // A buffer that is still being read into stays with the read, which ends by itself.
            if (_readingAhead is null)
                ReturnAhead();
        }
        base.Dispose(disposing);
    }

    private async ValueTask TakeAheadAsync(CancellationToken cancellationToken = default)
    {
        using var registration = Ending(cancellationToken);
        try
        {
            var read = await _readingAhead!;
            _readingAhead = null;
            _left = _ahead.AsMemory(0, read);
        }
        catch (IOException) when (cancellationToken.IsCancellationRequested)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void ReturnAhead()
    {
        if (_ahead is { } ahead)
            ArrayPool<byte>.Shared.Return(ahead);
        (_ahead, _left) = (null, default);
    }

    private async ValueTask<int> ReadFromOriginAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var registration = Ending(cancellationToken);
        try
        {
            clock.Expect(clock.ReadTimeout);
            var read = await _stream.ReadAsync(buffer, clock.Token);
            clock.Pause();
            return read;
        }
        catch (OperationCanceledException) when (clock.IsOver && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException(
                $"the origin sent nothing for {clock.Allowed.TotalSeconds} s, or the response took longer than it may");
        }
        catch (HttpRequestException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    private CancellationTokenRegistration Ending(CancellationToken cancellationToken) => cancellationToken == clock.Caller
        ? default
        : cancellationToken.UnsafeRegister(static state => ((OriginClock)state!).Cancel(), clock);
}
