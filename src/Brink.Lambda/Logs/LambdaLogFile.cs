using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Brink.Lambda.Versions;

namespace Brink.Lambda.Logs;

/// <summary>
/// The log stream on disk: one JSON object a line, every function and region in one file, several Brink processes too. Writing never makes
/// a function wait: lines are held in memory for a moment, a bounded number of them.
/// </summary>
public sealed class LambdaLogFile : ILambdaLog, IAsyncDisposable
{
    /// <summary>The file's name in the folder of logs; older ones are <c>functions.1.jsonl</c> and so on.</summary>
    public const string FileName = "functions.jsonl";

    private const int WaitingLines = 10_000;
    private const long FileLimit = 32 * 1024 * 1024;
    private const int OldFiles = 3;

    private readonly Channel<LogEntry> _entries = Channel.CreateBounded<LogEntry>(
        new BoundedChannelOptions(WaitingLines) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly Action<string> _report;
    private readonly Task _writing;
    private long _overflow;
    // Lost, and not yet counted in the log or in the file of what is missing.
    private long _unrecorded;
    private long _dropped;
    private bool _isFailing, _hasOverflown;

    private LambdaLogFile(string folder, TimeProvider time, Action<string>? report)
    {
        (_folder, _time, _report) = (folder, time, report ?? (static _ => { }));
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Lines that were lost, because the disk was too slow, full, or refused.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>
    /// Opens the log of a folder, which is made when it is missing. Null, with a sentence for the operator, where it cannot be written.
    /// </summary>
    /// <param name="folder">The folder of logs.</param>
    /// <param name="time">The clock.</param>
    /// <param name="report">
    /// Takes a sentence for the operator when lines begin to be lost, and at the end their number; on any thread.
    /// </param>
    public static async Task<(LambdaLogFile? Log, string? Problem)> OpenAsync(string folder, TimeProvider time, Action<string>? report)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using (OpenFile(folder))
            {
                // What will be missing when the disk is full needs room that is taken before.
                using var missing = await MissingLines.OpenAsync(folder, time);
                missing.Add(0);
            }
            return (new LambdaLogFile(folder, time, report), null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return (null, $"{folder}: the log of functions cannot be kept there: {failure.Message}");
        }
    }

    /// <inheritdoc/>
    public void Write(in LogEntry entry)
    {
        if (_entries.Writer.TryWrite(entry))
            return;
        Interlocked.Increment(ref _overflow);
        Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes what waits, says how many lines were lost, if any, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        await _writing;
    }

    /// <summary>The files of a folder that there are, oldest first.</summary>
    public static IEnumerable<string> FilesIn(string folder) =>
        Enumerable.Range(1, OldFiles).Reverse()
            .Select(number => OldName(folder, number))
            .Append(Path.Combine(folder, FileName))
            .Where(CanBeRead);

    /// <summary>Whether it is a file with contents: to open a pipe would wait for a writer.</summary>
    internal static bool CanBeRead(string file) => FileKind.IsRegular(file, followsLinks: true);

    private async Task WriteAsync()
    {
        var batch = new MemoryStream();
        while (await _entries.Reader.WaitToReadAsync())
        {
            batch.SetLength(0);
            var lines = 0;
            while (batch.Length < 1024 * 1024 && _entries.Reader.TryRead(out var entry))
            {
                WriteLine(batch, LogLine.From(entry));
                lines++;
            }
            NoteOverflow();
            try
            {
                await AppendAsync(batch.GetBuffer().AsMemory(0, (int)batch.Length));
                Written();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                Interlocked.Add(ref _dropped, lines);
                await LostAsync(lines, failure.Message);
            }
            // More may come: a busy function costs ten writes a second, not a thousand.
            if (!_entries.Reader.Completion.IsCompleted && !_entries.Reader.TryPeek(out _))
                await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(100), _time), _entries.Reader.Completion);
        }
        NoteOverflow();
        await RecordAsync();
        if (Dropped is > 0 and var dropped)
            _report($"{Lines(dropped)} of functions' logs {(dropped == 1 ? "is" : "are")} missing in {_folder}");
    }

    private void NoteOverflow()
    {
        if (Interlocked.Exchange(ref _overflow, 0) is not (> 0 and var overflow))
            return;
        _unrecorded += overflow;
        if (!_hasOverflown && !_isFailing)
            _report($"functions' logs come faster than they can be written to {_folder}: lines are lost");
        _hasOverflown = true;
    }

    private async Task LostAsync(long lines, string reason)
    {
        _unrecorded += lines;
        await RecordAsync();
        if (!_isFailing)
            _report($"{_folder}: functions' logs cannot be written, lines are lost: {reason}");
        _isFailing = true;
    }

    private void Written()
    {
        if (_isFailing)
            _report($"{_folder}: functions' logs are written again; so far {Lines(Dropped)} {(Dropped == 1 ? "is" : "are")} missing");
        _isFailing = false;
    }

    /// <summary>Notes what is missing where the log itself cannot, or not yet.</summary>
    private async Task RecordAsync()
    {
        if (_unrecorded == 0)
            return;
        try
        {
            using var missing = await MissingLines.OpenAsync(_folder, _time);
            missing.Add(_unrecorded);
            _unrecorded = 0;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Still counted, and tried again with the next ones.
        }
    }

    private static string Lines(long count) => string.Create(CultureInfo.InvariantCulture, $"{count} line{(count == 1 ? "" : "s")}");

    private static void WriteLine(Stream stream, LogLine line)
    {
        JsonSerializer.Serialize(stream, line, LogLineJson.Default.LogLine);
        stream.WriteByte((byte)'\n');
    }

    // Opened anew each time: another process may have put the file aside.
    private static FileStream OpenFile(string folder)
    {
        var file = new FileStream(
            Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0);
        if (file.CanSeek)
            return file;
        file.Dispose();
        throw new IOException($"{FileName} is a pipe or a device, not a file");
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> lines)
    {
        // Of several processes one writes at a time: the one that holds this.
        using var missing = await MissingLines.OpenAsync(_folder, _time);
        using var file = OpenFile(_folder);
        var begin = file.Length;
        try
        {
            EndTornLine(file);
            file.Seek(0, SeekOrigin.End);
            if (missing.Count + _unrecorded is > 0 and var count)
                Note(file, count);
            file.Write(lines.Span);
        }
        catch (IOException)
        {
            // Half a line would take the next one with it.
            file.SetLength(begin);
            throw;
        }
        // The log says it now.
        missing.Add(-missing.Count);
        _unrecorded = 0;
        if (file.Length >= FileLimit)
            PutAside();
    }

    /// <summary>A process that was killed, or a machine that lost its power, may have left half a line.</summary>
    private static void EndTornLine(FileStream file)
    {
        if (file.Length == 0)
            return;
        file.Seek(-1, SeekOrigin.End);
        if (file.ReadByte() != '\n')
            file.WriteByte((byte)'\n');
    }

    private void Note(FileStream file, long missing)
    {
        using var note = new MemoryStream();
        WriteLine(note, LogLine.OfMissing(_time.GetUtcNow(), missing));
        file.Write(note.GetBuffer().AsSpan(0, (int)note.Length));
    }

    private void PutAside()
    {
        try
        {
            for (var number = OldFiles; number > 1; number--)
            {
                if (File.Exists(OldName(_folder, number - 1)))
                    File.Move(OldName(_folder, number - 1), OldName(_folder, number), overwrite: true);
            }
            File.Move(Path.Combine(_folder, FileName), OldName(_folder, 1), overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The lines are written. The file grows until it can be put aside.
        }
    }

    private static string OldName(string folder, int number) => Path.Combine(folder, $"functions.{number}.jsonl");
}

/// <summary>One line of the file.</summary>
internal sealed record LogLine(
    DateTimeOffset Time, string Region, string Group, string Stream, string? RequestId, string? EdgeRequestId, string Text)
{
    /// <summary>So many lines should stand here. Null: this is one of a function's.</summary>
    public long? Missing { get; init; }

    public static LogLine OfMissing(DateTimeOffset time, long count)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"[brink] {count} lines are missing here: they could not be written");
        return new LogLine(time, "-", "-", "-", null, null, text) { Missing = count };
    }

    public static LogLine From(in LogEntry entry) =>
        new(entry.Time, entry.Region.Name, entry.LogGroup, entry.LogStream, entry.RequestId, entry.EdgeRequestId, entry.Text);

    /// <summary>Reads a line; null for one that is not whole, as the last one of a file may be.</summary>
    public static LogLine? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, LogLineJson.Default.LogLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public bool IsOf(string requestId) => RequestId == requestId || EdgeRequestId == requestId;

    public string ToText()
    {
        var time = Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return $"{time} {Region} {Group}  {Text.Replace("\r", "\n    ", StringComparison.Ordinal)}";
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class LogLineJson : JsonSerializerContext;
