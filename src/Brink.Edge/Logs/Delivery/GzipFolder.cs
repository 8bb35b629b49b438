namespace Brink.Edge.Logs.Delivery;

/// <summary>
/// Files as CloudFront names them, compressed, in a folder. While lines are added to one it is hidden: its name begins with a dot and ends
/// with <c>.part</c>. What a process that was killed left so gets its name with the first file of the next one.
/// </summary>
public sealed class GzipFolder : ILogDestination
{
    private const string Part = ".part";

    private readonly string _folder;
    private readonly LogFileName _name;
    private readonly byte[] _head;
    private readonly LogFileLimits _limits;
    private readonly TimeProvider _time;
    private FileStream? _file;
    private string _fileName = "";
    private DateTimeOffset _until;
    private bool _hasAdopted;

    /// <param name="folder">What the bucket is mapped to.</param>
    /// <param name="name">The names of the files.</param>
    /// <param name="head">The lines that each file begins with.</param>
    /// <param name="limits">When files end and go.</param>
    /// <param name="time">The clock.</param>
    public GzipFolder(string folder, LogFileName name, ReadOnlySpan<byte> head, LogFileLimits limits, TimeProvider time)
    {
        (_folder, _name, _head, _limits, _time) = (Path.Combine(folder, name.Folder), name, head.ToArray(), limits, time);
    }

    /// <inheritdoc/>
    public DateTimeOffset? DueAt => _file is null ? null : _until;

    /// <inheritdoc/>
    public long Lost => 0;

    /// <inheritdoc/>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> lines, int count, CancellationToken cancellationToken)
    {
        if (_file is not null && _until <= _time.GetUtcNow())
            End();
        var isNew = _file is null;
        var file = _file ??= Begin();
        var before = file.Length;
        try
        {
            file.Write(GzipMember.Of(isNew || before == 0 ? _head : [], lines.Span));
        }
        catch (IOException)
        {
            file.SetLength(before); // a torn member would spoil what comes after it
            file.Position = before;
            throw;
        }
        if (file.Length >= _limits.Bytes)
            End();
        return default;
    }

    /// <inheritdoc/>
    public ValueTask TendAsync(CancellationToken cancellationToken)
    {
        if (_file is not null && _until <= _time.GetUtcNow())
            End();
        return default;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_file is not null)
            End();
        return default;
    }

    private FileStream Begin()
    {
        Directory.CreateDirectory(_folder);
        if (!_hasAdopted)
            Adopt();
        var now = _time.GetUtcNow();
        (_fileName, _until) = (_name.Next(now), LogFileName.EndOf(now, _limits.Age));
        return new FileStream(
            Path.Combine(_folder, "." + _fileName + Part), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    private void End()
    {
        var file = _file!;
        _file = null;
        var (path, isEmpty) = (file.Name, file.Length == 0);
        file.Dispose();
        if (isEmpty)
            File.Delete(path);
        else
            File.Move(path, Path.Combine(_folder, _fileName));
        OldFiles.Delete(_folder, _name.Pattern, _limits, _time.GetUtcNow());
    }

    private void Adopt()
    {
        _hasAdopted = true;
        foreach (var left in Directory.GetFiles(_folder, "." + _name.Pattern + Part))
        {
            try
            {
                // Another process that writes here holds its own.
                using (new FileStream(left, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                }
                File.Move(left, Path.Combine(_folder, Path.GetFileName(left)[1..^Part.Length]));
            }
            catch (IOException)
            {
                // It is in use, or gone.
            }
        }
    }
}
