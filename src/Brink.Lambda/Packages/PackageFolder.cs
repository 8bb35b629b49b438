using Brink.Lambda.Processes;

namespace Brink.Lambda.Packages;

/// <summary>
/// A temporary folder of one Brink process for copies of packages. It goes with its owner; what an owner that was killed left behind is removed by the next
/// one.
/// </summary>
public sealed class PackageFolder : IDisposable
{
    private const string Prefix = "brink-packages-";

    private readonly FileStream _lock;

    private PackageFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>The folder, which only its owner's user may enter.</summary>
    public string Path { get; }

    /// <summary>Makes one in the system's temporary folder.</summary>
    public static PackageFolder Create()
    {
        var (path, held) = RunFolder.CreateOwned(System.IO.Path.GetTempPath(), Prefix);
        return new PackageFolder(path, held);
    }

    /// <summary>Removes it, with all copies.</summary>
    public void Dispose()
    {
        RunFolder.Remove(Path);
        _lock.Dispose();
    }
}
