using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Brink.Edge.Configuration;

namespace Brink.Edge.Cache.Storage.Disk;

/// <summary>The folder of a cache: its lock, its format, what its checks begin with.</summary>
internal sealed class CacheFolder : IDisposable
{
    /// <summary>The layout of its files. Another number is another layout.</summary>
    public const int Format = 1;

    private const string LockName = "lock", FormatName = "format", MadeUnderName = "made-under";
    private const string FormatBegin = "brink-cache ";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private CacheFolder(string path, FileStream held, ulong seed) => (FullPath, _lock, Seed) = (path, held, seed);

    public string FullPath { get; }

    /// <summary>What checks and hashes begin with: another number in each folder, and not to be guessed.</summary>
    public ulong Seed { get; }

    /// <summary>Opens the folder, or makes it.</summary>
    /// <exception cref="CacheFolderException">It cannot be the folder of this cache.</exception>
    public static CacheFolder Open(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            if (File.Exists(path))
                throw new CacheFolderException($"{path} is a file: give a folder");
            Directory.CreateDirectory(path, OwnerOnly);
            var format = Path.Combine(path, FormatName);
            if (!File.Exists(format) && Directory.EnumerateFileSystemEntries(path).Any(each => !IsOurs(each)))
                throw new CacheFolderException($"{path} is not empty and holds no cache: give a new or an empty folder");
            File.SetUnixFileMode(path, OwnerOnly);
            var held = Lock(path);
            try
            {
                return new CacheFolder(path, held, File.Exists(format) ? ReadFormat(path, format) : WriteFormat(format));
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CacheFolderException($"{path} cannot be used: {failure.Message}", failure);
        }
    }

    /// <summary>Which configuration the objects were made under; null if that was never set.</summary>
    public string? MadeUnder
    {
        get
        {
            var path = Path.Combine(FullPath, MadeUnderName);
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        set
        {
            var path = Path.Combine(FullPath, MadeUnderName);
            File.Delete(path);                      // first: where the new one cannot be written, the old one does not stand
            if (value is null)
                return;
            File.WriteAllText(path + ".new", value);
            File.Move(path + ".new", path);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    // What a start leaves that was ended before it wrote the format.
    private static bool IsOurs(string entry) => Path.GetFileName(entry) is LockName or FormatName + ".new" or "lost+found";

    private static FileStream Lock(string path)
    {
        var file = Path.Combine(path, LockName);
        try
        {
            // The system lets go of it when the process ends, in whatever way.
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (File.Exists(file))
        {
            throw new CacheFolderException($"{path} is in use by another process: each needs a folder of its own", failure);
        }
    }

    private static ulong ReadFormat(string path, string file)
    {
        var text = File.ReadAllText(file);
        if (text.StartsWith(FormatBegin, StringComparison.Ordinal)
            && text[FormatBegin.Length..].Split(' ', '\n') is [var number, var seed, ..])
        {
            if (number != Format.ToString(CultureInfo.InvariantCulture))
            {
                throw new CacheFolderException(
                    $"{path} is a cache of format {number}, and this version of Brink has format {Format}: give another folder, "
                        + "or delete it");
            }
            if (ulong.TryParse(seed, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var read))
                return read;
        }
        throw new CacheFolderException($"{file} is not the format of a cache: give another folder, or delete this one");
    }

    private static ulong WriteFormat(string file)
    {
        var seed = RandomNumberGenerator.GetHexString(16, lowercase: true);
        using (var writing = new FileStream(file + ".new", FileMode.Create))
        {
            writing.Write(Encoding.ASCII.GetBytes($"{FormatBegin}{Format} {seed}\n"));
            writing.Flush(flushToDisk: true);
        }
        File.Move(file + ".new", file, overwrite: true);
        return ulong.Parse(seed, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
