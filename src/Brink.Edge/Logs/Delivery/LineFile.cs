using System.Globalization;

namespace Brink.Edge.Logs.Delivery;

/// <summary>
/// Lines appended to a file. One that is old or large enough is put aside: <c>PATH.YYYYMMDD-HHMMSS.UNIQUE</c>.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="limits">When it is put aside, and when those go.</param>
/// <param name="time">The clock.</param>
public sealed class LineFile(string path, LogFileLimits limits, TimeProvider time) : ILogDestination
{
    private readonly string _path = Path.GetFullPath(path);
    private FileStream? _file;
    private DateTimeOffset _until;

    /// <inheritdoc/>
    public DateTimeOffset? DueAt => _file is null ? null : _until;

    /// <inheritdoc/>
    public long Lost => 0;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken)
    {
        var file = _file ??= Begin();
        var before = file.Length;
        try
        {
            file.Write(lines.Span);
        }
        catch (IOException)
        {
            file.SetLength(before); // half a line would take the next one with it
            file.Position = before;
            throw;
        }
        if (file.Length >= limits.Bytes)
            PutAside();
        return default;
    }

    /// <inheritdoc/>
    public ValueTask TendAsync(CancellationToken cancellationToken)
    {
        PutAside();
        return default;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _file?.Dispose();
        _file = null;
        return default;
    }

    private FileStream Begin()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        // Opening a pipe waits until it is read, for ever and at the end too, and to put aside a device is to take it from the machine.
        if (Path.Exists(_path) && !FileKind.IsRegular(_path, followsLinks: true))
            throw new IOException($"{_path} is a folder, a pipe or a device, and not a file");
        _until = time.GetUtcNow() + limits.Age;
        var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    private void PutAside()
    {
        if (_file is not { Length: var length } file)
            return;
        _file = null;
        file.Dispose();
        var now = time.GetUtcNow();
        if (length > 0)
        {
            var unique = Guid.NewGuid().ToString("N")[..8];
            File.Move(_path, string.Create(CultureInfo.InvariantCulture, $"{_path}.{now.UtcDateTime:yyyyMMdd-HHmmss}.{unique}"));
        }
        var pattern = Path.GetFileName(_path) + ".????????-??????.????????";
        OldFiles.Delete(Path.GetDirectoryName(_path)!, pattern, limits, now);
    }
}
