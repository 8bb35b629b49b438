using Brink.Edge.Admission;
using Brink.Edge.Messages;
using Microsoft.AspNetCore.Connections;

namespace Brink.Edge.Listening;

/// <summary>
/// The body of a request as it comes, counted: what is left of it when the answer is there decides about the
/// connection (<see cref="KestrelViewer"/>).
/// </summary>
/// <param name="body">Kestrel's stream.</param>
/// <param name="length">What Content-Length said; null for chunks.</param>
internal sealed class ReceivedBody(Stream body, long? length) : ReadOnlyStream
{
    private long _read;
    private DoorPass? _pass;

    /// <summary>Whether any of it has been asked for: then a viewer that waits for 100 has got it.</summary>
    public bool WasRead { get; private set; }

    /// <summary>Whether all of it has been read.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>How many bytes have been read.</summary>
    public long BytesRead => Volatile.Read(ref _read);

    /// <summary>How many bytes are still to come; null where that is not known.</summary>
    public long? Left => length - Volatile.Read(ref _read);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        WasRead = true;
        int read;
        try
        {
            read = await body.ReadAsync(buffer, cancellationToken);
        }
        catch (OperationCanceledException gone)
            when (gone is ConnectionAbortedException || gone.InnerException is ConnectionAbortedException)
        {
            // Thrown by Kestrel for a viewer that left, perhaps before its token is cancelled. A read that
            // was ended on purpose is another matter.
            throw new IOException("the viewer left", gone);
        }
        Volatile.Write(ref _read, _read + read);
        IsAtEnd |= read == 0 && buffer.Length > 0;
        if (IsAtEnd)
            Leave();
        return read;
    }

    /// <summary>The body is under way from now on, where one more may be.</summary>
    public bool TryEnter(DoorPass pass)
    {
        if (!pass.TryBeginBody())
            return false;
        _pass = pass;
        return true;
    }

    /// <summary>It has come to its end, or its request has. Twice is harmless.</summary>
    public void Leave() => Interlocked.Exchange(ref _pass, null)?.EndBody();
}
