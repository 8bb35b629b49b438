using Brink.Lambda.Processes;

namespace Brink.Lambda.Packages;

/// <summary>
/// A temporary folder of one Brink process for copies of packages. It goes with its owner; what an owner that was killed left behind is
/// removed by the next one.
/// </summary>
public sealed class PackageFolder : IDisposable
{
    private const string Prefix = "brink-packages-";

    private readonly OwnedFolder _folder;

    private PackageFolder(OwnedFolder folder) => _folder = folder;

    /// <summary>The folder, which no other user may enter.</summary>
    public string Path => _folder.Path;

    /// <summary>Makes one in the system's temporary folder.</summary>
    public static PackageFolder Create() => new(OwnedFolder.Create(System.IO.Path.GetTempPath(), Prefix));

    /// <summary>Removes it, with all copies.</summary>
    public void Dispose() => _folder.Dispose();
}
