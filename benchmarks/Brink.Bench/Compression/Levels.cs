using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using Brink.Bench.Hostile;

namespace Brink.Bench.Compression;

/// <summary>Every level of both codings over some files, in pieces of 32 KiB as the edge has them: CPU time and size.</summary>
internal static class Levels
{
    private const int Rounds = 5, Piece = 32 * 1024, Window = 19;

    public static MarkdownTable Table(IEnumerable<string> files)
    {
        var bodies = files.Select(file => (Name: Path.GetFileName(file), Bytes: File.ReadAllBytes(file))).ToArray();
        var table = new MarkdownTable(["level", .. bodies.Select(body => string.Create(CultureInfo.InvariantCulture, $"{body.Name}, {body.Bytes.Length / 1000} kB"))]);
        for (var level = 1; level <= 9; level++)
            table.Add([$"gzip {level}", .. bodies.Select(body => Measure(body.Bytes, bytes => Gzip(bytes, level)))]);
        for (var quality = 1; quality <= 9; quality++)
            table.Add([$"br {quality}", .. bodies.Select(body => Measure(body.Bytes, bytes => Brotli(bytes, quality)))]);
        return table;
    }

    private static string Measure(byte[] body, Func<byte[], long> compress)
    {
        var repeats = Math.Max(1, 300_000 / body.Length);
        var (size, best) = (0L, TimeSpan.MaxValue);
        for (var round = 0; round < Rounds; round++)
        {
            var before = ThreadClock.Now;
            for (var i = 0; i < repeats; i++)
                size = compress(body);
            var took = (ThreadClock.Now - before) / repeats;
            best = took < best ? took : best;
        }
        return string.Create(CultureInfo.InvariantCulture, $"{body.Length / 1e6 / best.TotalSeconds:0} MB/s, {100.0 * size / body.Length:0.0} %");
    }

    private static long Gzip(byte[] body, int level)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true))
        {
            for (var at = 0; at < body.Length; at += Piece)
                gzip.Write(body, at, Math.Min(Piece, body.Length - at));
        }
        return output.Length;
    }

    private static long Brotli(byte[] body, int quality)
    {
        using var encoder = new BrotliEncoder(quality, Window);
        var buffer = new byte[16 * 1024];
        var size = 0L;
        for (var at = 0; at < body.Length; at += Piece)
        {
            ReadOnlySpan<byte> piece = body.AsSpan(at, Math.Min(Piece, body.Length - at));
            OperationStatus status;
            do
            {
                status = encoder.Compress(piece, buffer, out var taken, out var written, isFinalBlock: at + Piece >= body.Length);
                piece = piece[taken..];
                size += written;
            }
            while (status == OperationStatus.DestinationTooSmall);
        }
        return size;
    }
}
