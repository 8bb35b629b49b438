using Brink.Edge.Messages;

namespace Brink.Edge.Origins;

/// <summary>
/// A part of a file. A file that has become shorter than it was breaks off with an <see cref="IOException"/>, as an origin would.
/// </summary>
internal sealed class FileSection : ReadOnlyStream
{
    private readonly FileStream _file;
    private long _remaining;

    public FileSection(string path, long start, long length)
    {
        // Delete sharing: an editor may replace the file while it is being served.
        _file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Open,
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            BufferSize = 0,
        });
        _file.Position = start;
        _remaining = length;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_remaining == 0 || buffer.IsEmpty)
            return 0;
        var read = await _file.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _remaining)], cancellationToken);
        if (read == 0)
            throw new IOException("the file has become shorter while it was read");
        _remaining -= read;
        return read;
    }

    /// <summary>All of it at once, for small files.</summary>
    public byte[] ReadAll()
    {
        var bytes = new byte[_remaining];
        _file.ReadExactly(bytes);
        _remaining = 0;
        return bytes;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _file.Dispose();
        base.Dispose(disposing);
    }
}
