using System.Globalization;

namespace Brink.Lambda.Processes;

/// <summary>
/// The folder of one Brink process for what its environments need on disk: sockets, bootstraps, each environment's own <c>/tmp</c>. A lock says that its
/// owner lives; what an owner that was killed left behind is removed by the next one.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string Prefix = "brink-lambda-";
    // The address of a unix socket holds 108 bytes with its end.
    private const int SocketPathLimit = 107;

    // Nobody else's: the sockets are the doors of environments.
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root;
    private readonly FileStream _lock;
    private int _lastNumber;

    private RunFolder(string path, FileStream held)
    {
        (_root, _lock) = (path, held);
        Bootstraps = Directory.CreateDirectory(Path.Combine(path, "runtime"), Owner).FullName;
        foreach (var name in new[] { NodeBootstrap, PythonBootstrap, PythonZygote })
        {
            using var source = typeof(RunFolder).Assembly.GetManifestResourceStream(name)!;
            using var copy = File.Create(Path.Combine(Bootstraps, name));
            source.CopyTo(copy);
        }
    }

    public const string NodeBootstrap = "bootstrap.cjs";
    public const string PythonBootstrap = "bootstrap.py";
    public const string PythonZygote = "zygote.py";
    private const int Attempts = 20;

    /// <summary>Where the folders of environments are.</summary>
    public string Root => _root;

    /// <summary>Our bootstraps: LAMBDA_RUNTIME_DIR.</summary>
    public string Bootstraps { get; }

    /// <summary>Makes a folder under <paramref name="parent"/>, and removes those whose owners are gone.</summary>
    public static RunFolder Create(string parent)
    {
        var (path, held) = CreateOwned(parent, Prefix);
        return new RunFolder(path, held);
    }

    /// <summary>The same for any prefix: a folder whose lock, held as long as its owner lives, says that it is in use.</summary>
    /// <exception cref="IOException">It cannot be made; the message is for the operator.</exception>
    public static (string Path, FileStream Lock) CreateOwned(string parent, string prefix)
    {
        try
        {
            return CreateOwnedIn(parent, prefix);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{parent}: no folder for functions can be made there: {failure.Message}; TMPDIR names another place", failure);
        }
    }

    private static (string Path, FileStream Lock) CreateOwnedIn(string parent, string prefix)
    {
        foreach (var old in Directory.EnumerateDirectories(parent, prefix + "*"))
        {
            if (TryLock(old) is not { } gone)
                continue;
            Remove(old);
            gone.Dispose();
        }
        for (var attempt = 1; ; attempt++)
        {
            var path = Directory.CreateDirectory(Path.Combine(parent, prefix + Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal)), Owner).FullName;
            var held = TryLock(path);
            // A process that starts at the same moment may have found the folder before it was locked, and removed it as one left behind.
            if (held is not null && File.Exists(LockOf(path)))
                return (path, held);
            held?.Dispose();
            Remove(path);
            if (attempt == Attempts)
                throw new IOException($"{path}: cannot be locked");
        }
    }

    public EnvironmentFolder CreateEnvironment()
    {
        var number = Interlocked.Increment(ref _lastNumber).ToString(CultureInfo.InvariantCulture);
        var path = Path.Combine(_root, number);
        var folder = new EnvironmentFolder(path, Path.Combine(path, "api"), Path.Combine(path, "tmp"));
        if (System.Text.Encoding.UTF8.GetByteCount(folder.Socket) > SocketPathLimit)
            throw new ProcessStartException($"the path {folder.Socket} is too long for a unix socket: set TMPDIR to a shorter one");
        Directory.CreateDirectory(path, Owner);
        Directory.CreateDirectory(folder.Temporary, Owner);
        return folder;
    }

    public void Dispose()
    {
        Remove(_root);
        _lock.Dispose();
    }

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

    private static string LockOf(string folder) => Path.Combine(folder, "lock");

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

/// <summary>What one environment has on disk.</summary>
/// <param name="Root">All of it.</param>
/// <param name="Socket">Its Runtime API.</param>
/// <param name="Temporary">Its <c>/tmp</c>: kept when the process is replaced, gone with the environment.</param>
internal sealed record EnvironmentFolder(string Root, string Socket, string Temporary);
