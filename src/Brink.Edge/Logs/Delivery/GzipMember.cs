using System.IO.Compression;

namespace Brink.Edge.Logs.Delivery;

/// <summary>
/// Lines as one member of a gzip file. A file of several members is a gzip file (RFC 1952 section 2.2) and reads as one, and it is whole
/// after each of them: a process that is killed leaves no torn file.
/// </summary>
internal static class GzipMember
{
    public static byte[] Of(ReadOnlySpan<byte> before, ReadOnlySpan<byte> lines)
    {
        using var compressed = new MemoryStream(lines.Length / 4);
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(before);
            gzip.Write(lines);
        }
        return compressed.ToArray();
    }
}
