using System.Globalization;

namespace Brink.Lambda.Logs;

/// <summary>
/// How many lines a log has lost without a note in it: a number of fixed width in a file of its own, changed in place, so that it can be
/// written when the disk is full. Several processes share it: the one that has it open is the only one to write, to the log too.
/// </summary>
internal sealed class MissingLines : IDisposable
{
    private const string FileName = "functions.missing";
    private const int Width = 20;
    private const int LockAttempts = 400;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(5);

    private readonly FileStream _file;

    private MissingLines(FileStream file)
    {
        _file = file;
        Span<byte> text = stackalloc byte[Width];
        var length = file.ReadAtLeast(text, Width, throwOnEndOfStream: false);
        Count = long.TryParse(text[..length], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
    }

    public long Count { get; private set; }

    public static async Task<MissingLines> OpenAsync(string folder, TimeProvider time)
    {
        var file = new FileStream(
            Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete,
            bufferSize: 0);
        try
        {
            await LockAsync(file, time);
            return new MissingLines(file);
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }
    }

    private static async Task LockAsync(FileStream file, TimeProvider time)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                file.Lock(0, 0);
                return;
            }
            catch (IOException) when (attempt < LockAttempts)
            {
                // Another process writes: that takes milliseconds.
                await Task.Delay(LockPause, time);
            }
        }
    }

    /// <summary>What the file of a folder says; 0 where there is none.</summary>
    public static long CountIn(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            return 0;
        var text = File.ReadAllText(path).TrimEnd('\n');
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
    }

    public void Add(long lines)
    {
        if (lines == 0 && _file.Length > 0)
            return;
        Count += lines;
        _file.Seek(0, SeekOrigin.Begin);
        _file.Write(System.Text.Encoding.ASCII.GetBytes(Count.ToString(CultureInfo.InvariantCulture).PadLeft(Width, '0') + "\n"));
    }

    public void Dispose() => _file.Dispose();
}
