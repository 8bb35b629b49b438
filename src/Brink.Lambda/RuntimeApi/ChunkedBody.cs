using System.Buffers.Text;

namespace Brink.Lambda.RuntimeApi;

/// <summary>Takes the chunks out of a body, in place, as they arrive. Trailers are read over.</summary>
internal struct ChunkedBody
{
    private const int LongestLine = 8192;

    private int _at;
    private long _remaining;
    private Part _part;

    private enum Part
    {
        Size,
        Data,
        EndOfData,
        Trailers,
    }

    /// <summary>How it stands with a body.</summary>
    public enum Progress
    {
        NeedsMore,
        Complete,
        Invalid,
        TooLarge,
    }

    /// <summary>Bytes decoded so far: they stand at the start of the buffer.</summary>
    public int Length { get; private set; }

    /// <summary>Bytes of the buffer that were read.</summary>
    public readonly int Consumed => _at;

    /// <summary>Goes on with a buffer that starts where the body starts, and has grown since the last time.</summary>
    public Progress Decode(Span<byte> buffer, int limit)
    {
        while (true)
        {
            if (_part == Part.Data)
            {
                var take = (int)Math.Min(_remaining, buffer.Length - _at);
                buffer.Slice(_at, take).CopyTo(buffer[Length..]);
                (_at, Length, _remaining) = (_at + take, Length + take, _remaining - take);
                if (_remaining > 0)
                    return Progress.NeedsMore;
                _part = Part.EndOfData;
            }
            var rest = buffer[_at..];
            var end = rest.IndexOf("\r\n"u8);
            if (end < 0)
                return rest.Length > LongestLine ? Progress.Invalid : Progress.NeedsMore;
            var line = rest[..end];
            _at += end + 2;
            switch (_part)
            {
                case Part.EndOfData:
                    if (!line.IsEmpty)
                        return Progress.Invalid;
                    _part = Part.Size;
                    break;
                case Part.Size:
                    var semicolon = line.IndexOf((byte)';');
                    var size = (semicolon < 0 ? line : line[..semicolon]).Trim((byte)' ');
                    if (size.Length is 0 or > 8 || !Utf8Parser.TryParse(size, out uint count, out var used, 'x') || used != size.Length)
                        return Progress.Invalid;
                    if (Length + (long)count > limit)
                        return Progress.TooLarge;
                    (_remaining, _part) = (count, count == 0 ? Part.Trailers : Part.Data);
                    break;
                case Part.Trailers when line.IsEmpty:
                    return Progress.Complete;
            }
        }
    }
}
