using System.Buffers;
using System.Diagnostics;
using System.IO.Compression;
using System.Numerics;
using Brink.Edge.Cache.Rules;

namespace Brink.Edge.Cache.Filling;

/// <summary>Compresses one body, piece by piece.</summary>
internal abstract class ContentEncoder : IDisposable
{
    /// <summary>The encoder of a body of that length, at a level that was chosen by measuring (docs/performance.md).</summary>
    public static ContentEncoder Create(ContentCoding coding, long length) => coding switch
    {
        ContentCoding.Gzip => new GzipEncoder(),
        ContentCoding.Brotli => new BrotliContentEncoder(length),
        _ => throw new UnreachableException(),
    };

    /// <summary>Bytes that an encoder holds outside of .NET's memory, generously.</summary>
    public static long MemoryOf(ContentCoding coding, long length) => coding switch
    {
        ContentCoding.Gzip => GzipEncoder.Memory,
        ContentCoding.Brotli => BrotliContentEncoder.MemoryOf(length),
        _ => throw new UnreachableException(),
    };

    /// <summary>Takes in a piece, and appends to the output what has come out. The last one ends the body.</summary>
    public abstract void Encode(ReadOnlySpan<byte> piece, bool isLast, MemoryStream output);

    /// <inheritdoc/>
    public abstract void Dispose();
}

/// <summary>Brotli. Its window, and with it its memory, fits the body.</summary>
internal sealed class BrotliContentEncoder(long length) : ContentEncoder
{
    private const int Quality = 5;

    // 512 KiB: a larger window costs memory and finds hardly more in text.
    private const int LargestWindow = 19;

    // Up to here the encoder uses a smaller table.
    private const int SmallWindow = 16;

    private BrotliEncoder _encoder = new(Quality, WindowOf(length));

    public static long MemoryOf(long length) => WindowOf(length) is > SmallWindow and var window ? (2L << window) + (2 << 20) : 1 << 20;

    public override void Encode(ReadOnlySpan<byte> piece, bool isLast, MemoryStream output)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            OperationStatus status;
            do
            {
                status = _encoder.Compress(piece, buffer, out var taken, out var written, isLast);
                piece = piece[taken..];
                output.Write(buffer, 0, written);
            }
            while (status == OperationStatus.DestinationTooSmall);
            if (status != OperationStatus.Done)
                throw new InvalidOperationException($"the Brotli encoder answered {status}");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override void Dispose() => _encoder.Dispose();

    private static int WindowOf(long length) => Math.Clamp(BitOperations.Log2((ulong)length) + 1, 10, LargestWindow);
}

/// <summary>Gzip, by .NET's zlib-ng.</summary>
internal sealed class GzipEncoder : ContentEncoder
{
    public const long Memory = 512 << 10;

    private static readonly ZLibCompressionOptions Level = new() { CompressionLevel = 6 };

    private readonly MemoryStream _output = new();
    private readonly GZipStream _gzip;

    public GzipEncoder() => _gzip = new GZipStream(_output, Level, leaveOpen: true);

    public override void Encode(ReadOnlySpan<byte> piece, bool isLast, MemoryStream output)
    {
        _gzip.Write(piece);
        if (isLast)
            _gzip.Dispose(); // writes the end
        _output.WriteTo(output);
        _output.SetLength(0);
    }

    public override void Dispose()
    {
        _gzip.Dispose();
        _output.Dispose();
    }
}
