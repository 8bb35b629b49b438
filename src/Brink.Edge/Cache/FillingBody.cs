using System.IO.Pipelines;

namespace Brink.Edge.Cache;

/// <summary>The body of an object that is still arriving: sent on as it comes.</summary>
internal sealed class FillingBody(FillReader reader) : WritableBody
{
    public override long? Length => reader.Fill.Length;

    public override async ValueTask WriteToAsync(PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var bytes = await reader.Fill.ReadAsync(reader, cancellationToken);
                if (bytes.IsEmpty)
                    return;
                var flush = await writer.WriteAsync(bytes, cancellationToken);
                if (flush.IsCompleted || flush.IsCanceled)
                    return;
                reader.Fill.Advance(reader, bytes.Length);
            }
        }
        finally
        {
            reader.Close();
        }
    }

    public override void Dispose() => reader.Close();
}
