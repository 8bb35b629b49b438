namespace Brink.Edge.Origins;

/// <summary>
/// The viewer's body on its way to an origin. Knows whether a second attempt could still send all of it, and stops the origin's clock while it is the
/// viewer we wait for. Outlives the attempts: disposing it does nothing.
/// </summary>
internal sealed class RequestBodyStream(Stream viewer) : ReadOnlyStream
{
    private OriginClock? _clock;

    /// <summary>Whether any of it has been asked for.</summary>
    public bool WasRead { get; private set; }

    /// <summary>Whether all of it has been read.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Why the viewer's side broke off; null if it did not.</summary>
    public IOException? Failure { get; private set; }

    public void RunAgainst(OriginClock clock) => _clock = clock;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        WasRead = true;
        try
        {
            _clock?.Pause();
            var read = await viewer.ReadAsync(buffer, cancellationToken);
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
            if (_clock is { } clock)
                clock.Expect(clock.ReadTimeout);
        }
    }
}
