namespace Brink.Lambda.Packages;

/// <summary>A file, folder or link of a package.</summary>
/// <param name="Path">Relative to the package's root, with slashes.</param>
/// <param name="Kind">Which of the three.</param>
/// <param name="Mode">Permission bits alone. Those of links mean nothing.</param>
/// <param name="Length">Bytes of a file.</param>
/// <param name="Target">Of a link; relative, and within the package.</param>
public sealed record PackageEntry(string Path, PackageEntryKind Kind, UnixFileMode Mode, long Length = 0, string? Target = null)
{
    internal const UnixFileMode DefaultFile =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    internal const UnixFileMode DefaultFolder =
        DefaultFile | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>A package changes no rights beyond these: no set-user-id, no sticky bit.</summary>
    internal const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    private const UnixFileMode ReadableFolder = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>Functions run as a user of their own: what others may not read, they cannot either.</summary>
    public bool IsReadableByOthers => Kind switch
    {
        PackageEntryKind.Link => true,
        PackageEntryKind.Folder => (Mode & ReadableFolder) == ReadableFolder,
        _ => (Mode & UnixFileMode.OtherRead) != 0,
    };
}

/// <summary>What an entry of a package is. There is nothing else in packages: no device, no pipe, no socket.</summary>
public enum PackageEntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,
}
