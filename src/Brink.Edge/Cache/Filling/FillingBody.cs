using System.IO.Pipelines;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Messages;

namespace Brink.Edge.Cache.Filling;

/// <summary>The body of an object that is still arriving: sent on as it comes.</summary>
internal sealed class FillingBody(FillReader reader) : WritableBody
{
    public override long? Length => reader.Fill.Length;

    public ObjectFill Fill => reader.Fill;

    public override long BytesWritten => reader.Position;

    public override async ValueTask<bool> WriteToAsync(PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                // After the last byte only the end is left. A viewer that has everything does not wait for it, and may leave then.
                var reading = reader.Fill.ReadAsync(reader, reader.Position == Length ? CancellationToken.None : cancellationToken);
                // An origin that is slow with its first byte does not hold back its head: that goes out at once.
                if (!reading.IsCompleted && reader.Position == 0)
                    await writer.FlushAsync(cancellationToken);
                var bytes = await reading;
                if (bytes.IsEmpty)
                    return true;
                var flush = await writer.WriteAsync(bytes, cancellationToken);
                if (flush.IsCompleted || flush.IsCanceled)
                    return false;
                reader.Fill.Advance(reader, bytes.Length);
            }
        }
        finally
        {
            reader.Close();
        }
    }

    public override Stream OpenRead() => new FillStream(reader);

    public override void Dispose() => reader.Close();
}

/// <summary>Reads an object as it arrives.</summary>
internal sealed class FillStream(FillReader reader) : ReadOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = await reader.Fill.ReadAsync(reader, cancellationToken);
        var count = Math.Min(bytes.Length, buffer.Length);
        bytes[..count].CopyTo(buffer);
        if (count > 0)
            reader.Fill.Advance(reader, count);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            reader.Close();
        base.Dispose(disposing);
    }
}
