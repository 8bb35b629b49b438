using System.IO.Pipelines;
using Brink.Edge.Messages;

namespace Brink.Edge.Requests;

/// <summary>
/// The viewer's body on its way to an origin. Knows whether a second attempt could still send all of it, and stops the
/// origin's clock while the edge waits for the viewer. Outlives the attempts: disposing it does nothing. The request
/// must not end before <see cref="StopAsync"/>.
/// </summary>
/// <param name="viewer">The body.</param>
/// <param name="reader">
/// The same body as a pipe. A read is ended through it and never by a token: Kestrel takes a read
/// that a token ended to be under way for good.
/// </param>
internal sealed class RequestBodyStream(Stream viewer, PipeReader? reader) : ReadOnlyStream
{
    private readonly Lock _gate = new();
    private OriginClock? _clock;
    private Task<int>? _reading;
    private bool _isOver;

    /// <summary>Whether any of it has been asked for.</summary>
    public bool WasRead { get; private set; }

    /// <summary>Whether all of it has been read.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Why the viewer's side broke off; null if it did not.</summary>
    public IOException? Failure { get; private set; }

    public void RunAgainst(OriginClock clock) => _clock = clock;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_isOver)
                throw new IOException("the request is over");
            _reading = ReadFromViewerAsync(buffer, cancellationToken);
            return new ValueTask<int>(_reading);
        }
    }

    /// <summary>
    /// Ends a read that is under way, for an origin that answered or failed before it had all: the next read is the server's.
    /// </summary>
    public async ValueTask StopAsync()
    {
        Task? reading;
        lock (_gate)
        {
            _isOver = true;
            reading = _reading;
        }
        if (reading is null or { IsCompleted: true })
            return;
        reader?.TryCancelPendingRead();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<int> ReadFromViewerAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        WasRead = true;
        await using var ending = reader?.EndReadsOn(cancellationToken) ?? default;
        try
        {
            _clock?.AwaitViewer();
            var read = await viewer.ReadAsync(buffer, CancellationToken.None);
            IsAtEnd = read == 0;
            return read;
        }
        catch (IOException exception)
        {
            Failure = exception;
            throw;
        }
        finally
        {
            if (!_isOver && _clock is { } clock)
                clock.ViewerCame();
        }
    }
}
