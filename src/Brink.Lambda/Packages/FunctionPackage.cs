using System.Globalization;
using Brink.Lambda.Processes;

namespace Brink.Lambda.Packages;

/// <summary>
/// The code of a function as its author has it: a folder, one file, or a zip. Opening looks at everything in it and refuses what is not
/// allowed, before anything is copied; a copy is what is published.
/// </summary>
public abstract class FunctionPackage : IDisposable
{
    private protected FunctionPackage(PackageTree tree, PackageLimits limits) => (Tree, Limits) = (tree, limits);

    /// <summary>All files, folders and links.</summary>
    public IReadOnlyList<PackageEntry> Entries => Tree.Entries;

    /// <summary>Bytes of all files.</summary>
    public long UnzippedBytes => Tree.Bytes;

    /// <summary>Changes with every save.</summary>
    public abstract byte[] Fingerprint { get; }

    private protected PackageTree Tree { get; }

    private protected PackageLimits Limits { get; }

    /// <summary>A path that ends in <c>.zip</c> is a zip.</summary>
    public static bool IsZip(string path) => path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path);

    /// <summary>The package of a path; null, with the reason, when it cannot be used.</summary>
    public static FunctionPackage? Open(string path, PackageLimits limits, out PackageProblem? problem)
    {
        try
        {
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
            if (IsZip(full) && File.Exists(full))
                return ZipPackage.Open(File.OpenRead(full), limits, out problem);
            if (Path.Exists(full))
                return FolderPackage.At(full, limits, out problem);
            problem = new PackageProblem(PackageProblemKind.Missing, "no such file or folder");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = new PackageProblem(PackageProblemKind.Inaccessible, $"cannot be read: {exception.Message}");
        }
        return null;
    }

    /// <summary>
    /// Makes a folder with a copy of everything, modes included: first files, then links, so that nothing is ever written through a link.
    /// Null when it is there; else the folder is gone again.
    /// </summary>
    public PackageProblem? CopyTo(string folder)
    {
        PackageProblem? problem;
        try
        {
            Directory.CreateDirectory(folder);
            problem = CheckBeforeCopying() ?? CopyInto(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = new PackageProblem(PackageProblemKind.Inaccessible, $"cannot be copied: {exception.Message}");
        }
        if (problem is not null)
            OwnedFolder.Remove(folder);
        return problem;
    }

    /// <summary>
    /// The sentence about files that the function will not be able to read at AWS, nor here where Brink is root; null when it can read all
    /// of them.
    /// </summary>
    public string? NoteOnModes()
    {
        var unreadable = Entries.Where(entry => !entry.IsReadableByOthers).ToArray();
        if (unreadable is not [var first, ..])
            return null;
        var others = unreadable.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {unreadable.Length - 1} more") : "";
        return $"{PackageTree.Shown(first.Path)}{others} may not be read by others, "
            + "so that a function at AWS cannot read it either: chmod -R o+rX";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the archive.</summary>
    protected virtual void Dispose(bool disposing) { }

    /// <summary>The check that takes too long for every opening.</summary>
    private protected virtual PackageProblem? CheckBeforeCopying() => null;

    /// <summary>Writes the contents of a file that has just been made.</summary>
    private protected abstract PackageProblem? Write(PackageEntry file, FileStream into);

    private PackageProblem? CopyInto(string folder)
    {
        foreach (var entry in Entries)
        {
            var path = Path.Combine(folder, entry.Path);
            if (entry.Kind == PackageEntryKind.Folder)
            {
                Directory.CreateDirectory(path);
                continue;
            }
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (entry.Kind == PackageEntryKind.Link)
                continue;
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            if (Write(entry, file) is { } problem)
                return problem;
            // Whatever the package says, its copy can be read by Brink.
            File.SetUnixFileMode(file.SafeFileHandle, entry.Mode | UnixFileMode.UserRead);
        }
        foreach (var entry in Entries)
        {
            if (entry.Kind == PackageEntryKind.Link)
                File.CreateSymbolicLink(Path.Combine(folder, entry.Path), entry.Target!);
        }
        // Last, since the mode of a folder may forbid to write to it; Brink must be able to delete it again.
        const UnixFileMode deletable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        foreach (var entry in Entries)
        {
            if (entry.Kind == PackageEntryKind.Folder)
                File.SetUnixFileMode(Path.Combine(folder, entry.Path), entry.Mode | deletable);
        }
        return null;
    }
}
