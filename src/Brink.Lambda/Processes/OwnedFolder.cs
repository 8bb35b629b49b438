namespace Brink.Lambda.Processes;

/// <summary>
/// A temporary folder of one Brink process. A lock in it, held until the folder is disposed, says that its owner lives; what an owner that
/// was killed left behind is removed by the next one.
/// </summary>
internal sealed class OwnedFolder : IDisposable
{
    /// <summary>The mode of everything in it: no other user may enter.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const int Attempts = 20;

    private readonly FileStream _lock;

    private OwnedFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    /// <summary>Makes a folder under <paramref name="parent"/>, and removes those with the same prefix whose owners are gone.</summary>
    /// <exception cref="IOException">It cannot be made; the message is for the operator.</exception>
    public static OwnedFolder Create(string parent, string prefix)
    {
        try
        {
            RemoveLeftBehind(parent, prefix);
            return Make(parent, prefix);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            var message = $"{parent}: no folder for functions can be made there: {failure.Message}; TMPDIR names another place";
            throw new IOException(message, failure);
        }
    }

    public void Dispose()
    {
        Remove(Path);
        Abandon();
    }

    /// <summary>Gives up the lock and leaves the folder, as the end of a killed owner does.</summary>
    internal void Abandon() => _lock.Dispose();

    /// <summary>Deletes a folder that a function wrote into. What cannot be deleted stays for the next start.</summary>
    public static void Remove(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Files of another user, or a process that was just killed and still writes.
        }
    }

    private static void RemoveLeftBehind(string parent, string prefix)
    {
        foreach (var old in Directory.EnumerateDirectories(parent, prefix + "*"))
        {
            if (TryLock(old) is not { } gone)
                continue;
            Remove(old);
            gone.Dispose();
        }
    }

    private static OwnedFolder Make(string parent, string prefix)
    {
        for (var attempt = 1; ; attempt++)
        {
            var name = prefix + System.IO.Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal);
            var path = Directory.CreateDirectory(System.IO.Path.Combine(parent, name), OwnerOnly).FullName;
            var held = TryLock(path);
            // A process that starts at the same moment may have found the folder before it was locked, and removed it as one left behind.
            if (held is not null && File.Exists(LockOf(path)))
                return new OwnedFolder(path, held);
            held?.Dispose();
            Remove(path);
            if (attempt == Attempts)
                throw new IOException($"{path}: cannot be locked");
        }
    }

    private static string LockOf(string folder) => System.IO.Path.Combine(folder, "lock");

    private static FileStream? TryLock(string folder)
    {
        try
        {
            return new FileStream(LockOf(folder), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
