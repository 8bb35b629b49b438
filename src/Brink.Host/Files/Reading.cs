using System.Text;
using Brink.Configuration;
using Brink.Functions.JavaScript;
using Brink.Lambda.Versions;

namespace Brink.Host.Files;

/// <summary>One pass over the files: what was read, and what was wrong with it.</summary>
internal sealed class Reading
{
    private const int MaxFileBytes = 16 * 1024 * 1024;

    public List<FileMistake> Mistakes { get; } = [];

    /// <summary>What is worth a line and does not keep anything from serving.</summary>
    public List<FileMistake> Warnings { get; } = [];

    /// <summary>Files that were looked for and are not there: one that appears is a change.</summary>
    public List<string> MissingFiles { get; } = [];

    /// <summary>Something is wrong that no last good version covers.</summary>
    public bool IsUnusable { get; set; }

    /// <summary>By the name on the command line.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    /// <summary>Folders that are functions: any change in them is one of the function. Full paths.</summary>
    public List<string> WatchedFolders { get; } = [];

    /// <summary>The acknowledgements of the regions for new versions.</summary>
    public List<ReplicaAcknowledgement> Acknowledgements { get; } = [];

    public List<DevFunction> Functions { get; } = [];

    /// <summary>CloudFront Functions whose code differs from the reading before: the check looks at them.</summary>
    public List<FunctionSource> NewFunctions { get; } = [];

    /// <summary>Files whose content cannot be used: what follows from that gets no mistake of its own.</summary>
    public HashSet<string> FailedFiles { get; } = new(StringComparer.Ordinal);

    public HashSet<string> FailedFunctions { get; } = new(StringComparer.Ordinal);

    public void Unusable(string file, string message, string? detail = null)
    {
        IsUnusable = true;
        Mistakes.Add(new FileMistake(file, message, detail));
    }

    public void Warn(string file, string message) => Warnings.Add(new FileMistake(file, message));

    /// <summary>The content of an optional file; null, perhaps with a warning, if it cannot be read.</summary>
    public byte[]? OptionalBytes(string file)
    {
        if (!File.Exists(file))
        {
            MissingFiles.Add(file);
            return null;
        }
        var isUnusable = IsUnusable;
        var count = Mistakes.Count;
        var bytes = Bytes(file);
        // A mistake about an optional file is a warning.
        IsUnusable = isUnusable;
        Warnings.AddRange(Mistakes.Skip(count));
        Mistakes.RemoveRange(count, Mistakes.Count - count);
        return bytes;
    }

    /// <summary>The value of a configuration, or null with its mistakes.</summary>
    public T? Accept<T>(string file, ConfigResult<T> result)
        where T : class
    {
        foreach (var mistake in result.Mistakes)
            Unusable(file, mistake.ToString());
        return result.Mistakes.IsEmpty ? result.Value : null;
    }

    /// <summary>The content of a text file; null, with a mistake, if it cannot be read or is not UTF-8.</summary>
    public string? Text(string file)
    {
        if (Bytes(file) is not { } bytes)
            return null;
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            Unusable(file, "the file is not UTF-8 text");
            return null;
        }
    }

    /// <summary>The content of a file; null, with a mistake, if it cannot be read.</summary>
    public byte[]? Bytes(string file)
    {
        if (Files.TryGetValue(file, out var known))
            return known;
        try
        {
            if (Directory.Exists(file))
            {
                Unusable(file, "this is a folder, not a file");
                return null;
            }
            using var stream = File.OpenRead(file);
            using var content = new MemoryStream();
            // Counted while it is read: a device has no length, and no end.
            var buffer = new byte[64 * 1024];
            while (stream.Read(buffer) is > 0 and var count)
            {
                content.Write(buffer, 0, count);
                if (content.Length > MaxFileBytes)
                {
                    Unusable(file, $"the file is larger than {MaxFileBytes / (1024 * 1024)} MiB: that is no file of this kind");
                    return null;
                }
            }
            return Files[file] = content.ToArray();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            Unusable(file, "there is no such file");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Unusable(file, $"the file cannot be read: {exception.Message}");
        }
        return null;
    }
}
