using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using Brink.Edge.Cache.Rules;
using Brink.Edge.Messages;

namespace Brink.Edge.Cache.Storage;

/// <summary>A body that is read piece by piece: a part of an object, several of them, or the whole of a large one.</summary>
internal sealed class RangedBody : WritableBody
{
    private readonly Part[] _parts;
    private readonly long _length;
    private long _written;
    private int _isDisposed;

    private RangedBody(Part[] parts, SliceSet? slices)
    {
        (_parts, Slices) = (parts, slices);
        foreach (var part in parts)
            _length += part.Text.Length + part.Length;
    }

    public override long? Length => _length;

    /// <summary>The large object that it is read from; null where that is another kind of object.</summary>
    public SliceSet? Slices { get; }

    public override long BytesWritten => _written;

    /// <summary>One part, or the whole.</summary>
    public static RangedBody Of(BodyReader reader, long length, SliceSet? slices) => new([new Part(default, reader, length)], slices);

    /// <summary>Several parts as multipart/byteranges (RFC 9110 section 14.6).</summary>
    /// <param name="ranges">The parts.</param>
    /// <param name="total">Bytes of the whole.</param>
    /// <param name="type">Content-Type of the whole; null where it has none.</param>
    /// <param name="open">Opens a reader of a part.</param>
    /// <param name="contentType">Content-Type of the answer.</param>
    public static RangedBody Of(ByteRange[] ranges, long total, string? type, Func<ByteRange, BodyReader> open, out string contentType)
    {
        var boundary = RandomNumberGenerator.GetHexString(32, lowercase: true);
        contentType = $"multipart/byteranges; boundary={boundary}";
        var parts = new Part[ranges.Length + 1];
        for (var i = 0; i < ranges.Length; i++)
        {
            var line = type is null ? "" : $"Content-Type: {type}\r\n";
            var head = $"\r\n--{boundary}\r\n{line}Content-Range: {new ContentRange(ranges[i], total)}\r\n\r\n";
            parts[i] = new Part(Encoding.Latin1.GetBytes(head), open(ranges[i]), ranges[i].Length);
        }
        parts[^1] = new Part(Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\r\n--{boundary}--\r\n")), null, 0);
        return new RangedBody(parts, slices: null);
    }

    public override async ValueTask<bool> WriteToAsync(PipeWriter writer, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var part in _parts)
            {
                if (!part.Text.IsEmpty && !await WriteAsync(writer, part.Text, cancellationToken))
                    return false;
                if (part.Reader is not null && !await WriteAsync(writer, part.Reader, cancellationToken))
                    return false;
            }
            return true;
        }
        finally
        {
            Dispose();
        }
    }

    public override Stream OpenRead() => new PartsStream(this);

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        foreach (var part in _parts)
            part.Reader?.Dispose();
    }

    private async ValueTask<bool> WriteAsync(PipeWriter writer, BodyReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var reading = reader.ReadAsync(cancellationToken);
            // What is slow to come does not hold back the head: that goes out at once.
            if (!reading.IsCompleted && _written == 0)
                await writer.FlushAsync(cancellationToken);
            var bytes = await reading;
            if (bytes.IsEmpty)
                return true;
            if (!await WriteAsync(writer, bytes, cancellationToken))
                return false;
            reader.Advance(bytes.Length);
        }
    }

    private async ValueTask<bool> WriteAsync(PipeWriter writer, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var flush = await writer.WriteAsync(bytes, cancellationToken);
        if (flush.IsCompleted || flush.IsCanceled)
            return false;
        _written += bytes.Length;
        return true;
    }

    /// <summary>A text, and then the bytes of a reader.</summary>
    private readonly record struct Part(ReadOnlyMemory<byte> Text, BodyReader? Reader, long Length);

    private sealed class PartsStream(RangedBody body) : ReadOnlyStream
    {
        private int _part;
        private int _ofText;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (; _part < body._parts.Length; (_part, _ofText) = (_part + 1, 0))
            {
                var part = body._parts[_part];
                var bytes = part.Text[_ofText..];
                var isText = !bytes.IsEmpty;
                if (!isText && part.Reader is not null)
                    bytes = await part.Reader.ReadAsync(cancellationToken);
                if (bytes.IsEmpty)
                    continue;
                var count = Math.Min(bytes.Length, buffer.Length);
                bytes[..count].CopyTo(buffer);
                if (isText)
                    _ofText += count;
                else
                    part.Reader!.Advance(count);
                return count;
            }
            return 0;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                body.Dispose();
            base.Dispose(disposing);
        }
    }
}
