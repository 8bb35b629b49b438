using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;

namespace Brink.Functions.Lambda;

/// <summary>
/// The log stream on disk: one JSON object a line, every function and region in one file, several Brink processes too. Writing never holds a function up:
/// lines wait in memory for a moment, a bounded number of them.
/// </summary>
public sealed class LambdaLogFile : ILambdaLog, IAsyncDisposable
{
    /// <summary>The file's name in the folder of logs; older ones are <c>functions.1.jsonl</c> and so on.</summary>
    public const string FileName = "functions.jsonl";

    private const int WaitingLines = 10_000;
    private const long FileLimit = 32 * 1024 * 1024;
    private const int OldFiles = 3;

    private readonly Channel<LogEntry> _entries = Channel.CreateBounded<LogEntry>(new BoundedChannelOptions(WaitingLines) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private long _dropped;

    /// <summary>Writes into a folder, which is made when it is missing.</summary>
    public LambdaLogFile(string folder, TimeProvider time)
    {
        (_folder, _time) = (folder, time);
        Directory.CreateDirectory(folder);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Lines that were lost, because the disk was too slow or full.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <inheritdoc/>
    public void Write(in LogEntry entry)
    {
        if (!_entries.Writer.TryWrite(entry))
            Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes what waits, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        await _writing;
    }

    /// <summary>The files of a folder that there are, oldest first.</summary>
    public static IEnumerable<string> FilesIn(string folder) =>
        Enumerable.Range(1, OldFiles).Reverse().Select(number => OldName(folder, number)).Append(Path.Combine(folder, FileName)).Where(File.Exists);

    private async Task WriteAsync()
    {
        var batch = new MemoryStream();
        while (await _entries.Reader.WaitToReadAsync())
        {
            batch.SetLength(0);
            while (batch.Length < 1024 * 1024 && _entries.Reader.TryRead(out var entry))
            {
                JsonSerializer.Serialize(batch, LogLine.From(entry), LogLineJson.Default.LogLine);
                batch.WriteByte((byte)'\n');
            }
            try
            {
                Append(batch.GetBuffer().AsSpan(0, (int)batch.Length));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                Interlocked.Increment(ref _dropped);
            }
            // A moment for more to come: a busy function costs ten writes a second, not a thousand.
            if (!_entries.Reader.Completion.IsCompleted && !_entries.Reader.TryPeek(out _))
                await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(100), _time), _entries.Reader.Completion);
        }
    }

    private void Append(ReadOnlySpan<byte> lines)
    {
        var path = Path.Combine(_folder, FileName);
        // Opened anew each time: another process may have put the file aside.
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Lock(0, 0);
        file.Seek(0, SeekOrigin.End);
        file.Write(lines);
        if (file.Length < FileLimit)
            return;
        for (var number = OldFiles; number > 1; number--)
        {
            if (File.Exists(OldName(_folder, number - 1)))
                File.Move(OldName(_folder, number - 1), OldName(_folder, number), overwrite: true);
        }
        File.Move(path, OldName(_folder, 1), overwrite: true);
    }

    private static string OldName(string folder, int number) => Path.Combine(folder, $"functions.{number}.jsonl");
}

/// <summary>One line of the file.</summary>
internal sealed record LogLine(DateTimeOffset Time, string Region, string Group, string Stream, string? RequestId, string? EdgeRequestId, string Text)
{
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

    public string ToText() => new StringBuilder().Append(Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture))
        .Append(' ').Append(Region).Append(' ').Append(Group).Append("  ").Append(Text.Replace("\r", "\n    ", StringComparison.Ordinal)).ToString();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class LogLineJson : JsonSerializerContext;
