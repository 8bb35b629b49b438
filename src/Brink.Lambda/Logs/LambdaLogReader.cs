using System.Runtime.CompilerServices;
using System.Text;

namespace Brink.Lambda.Logs;

/// <summary>Reads the log stream that <see cref="LambdaLogFile"/> writes, as text.</summary>
public static class LambdaLogReader
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>The lines there are, and with <paramref name="follows"/> those to come.</summary>
    /// <param name="folder">The folder of logs.</param>
    /// <param name="requestId">Only lines of this request, by Lambda's id or by the viewer's; null for all.</param>
    /// <param name="follows">Goes on until cancelled.</param>
    /// <param name="time">The clock between two looks.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<string> ReadAsync(
        string folder, string? requestId, bool follows, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in LambdaLogFile.FilesIn(folder).Where(file => Path.GetFileName(file) != LambdaLogFile.FileName))
        {
            foreach (var line in File.ReadLines(file))
            {
                if (Match(line, requestId) is { } text)
                    yield return text;
            }
        }
        var current = Path.Combine(folder, LambdaLogFile.FileName);
        var position = 0L;
        var rest = new StringBuilder();
        while (true)
        {
            foreach (var line in ReadOn(current, ref position, rest))
            {
                if (Match(line, requestId) is { } text)
                    yield return text;
            }
            if (!follows || cancellationToken.IsCancellationRequested)
                yield break;
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>How many lines this log has lost, as far as it knows: because the disk was full, slow, or refused.</summary>
    public static long CountMissing(string folder)
    {
        var count = MissingLines.CountIn(folder);
        foreach (var file in LambdaLogFile.FilesIn(folder))
        {
            // Written by others while it is read.
            using var reader = new StreamReader(
                new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            while (reader.ReadLine() is { } line)
            {
                if (line.Contains("\"missing\":", StringComparison.Ordinal))
                    count += LogLine.Parse(line)?.Missing ?? 0;
            }
        }
        return count;
    }

    private static string? Match(string line, string? requestId) =>
        LogLine.Parse(line) is { } entry && (requestId is null || entry.IsOf(requestId)) ? entry.ToText() : null;

    private static List<string> ReadOn(string path, ref long position, StringBuilder rest)
    {
        var lines = new List<string>();
        if (!LambdaLogFile.CanBeRead(path))
            return lines;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        // Shorter than before: the file was put aside, and this is the next one.
        if (file.Length < position)
            position = 0;
        file.Seek(position, SeekOrigin.Begin);
        using var reader = new StreamReader(file, Encoding.UTF8);
        rest.Append(reader.ReadToEnd());
        position = file.Position;
        var text = rest.ToString();
        var end = text.LastIndexOf('\n');
        rest.Clear().Append(text[(end + 1)..]);
        if (end > 0)
            lines.AddRange(text[..end].Split('\n'));
        return lines;
    }
}
