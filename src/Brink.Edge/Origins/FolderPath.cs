using Brink.Distributions;

namespace Brink.Edge.Origins;

/// <summary>From a key to a file that is certainly inside a folder.</summary>
internal static class FolderPath
{
    private const int MostLinks = 16;

    /// <summary>The full path of what the key names, links followed; null when there is no such thing in the folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="key">Begins with <c>/</c>, already decoded.</param>
    public static string? Resolve(string folder, string key)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var links = 0;
        return Walk(root, root, key.Split('/').AsSpan(1), ref links);
    }

    /// <summary>The first hidden name in the key or in the path that its links lead to; null if there is none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="key">What was asked for.</param>
    /// <param name="path">What <see cref="Resolve"/> made of it.</param>
    public static string? HiddenName(string folder, string key, string path) =>
        DirectoryOrigin.HiddenName(key) ?? DirectoryOrigin.HiddenName(Path.GetRelativePath(folder, path));

    private static string? Walk(string root, string current, ReadOnlySpan<string> names, ref int links)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (!IsPlainName(names[i]))
                return null;
            current = Path.Combine(current, names[i]);
            if (new FileInfo(current).LinkTarget is not { } target)
                continue;

            // A link may point anywhere. Its target is walked from the folder down again, so that links on the way are seen as well.
            var pointed = Path.GetFullPath(target, Path.GetDirectoryName(current)!);
            if (++links > MostLinks || !pointed.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                return null;
            if (Walk(root, root, pointed[(root.Length + 1)..].Split(Path.DirectorySeparatorChar), ref links) is not { } real)
                return null;
            current = real;
        }
        return current;
    }

    private static bool IsPlainName(string name)
    {
        if (name is "" or "." or ".." || name.Contains('\0')
            || name.Contains(Path.DirectorySeparatorChar) || name.Contains(Path.AltDirectorySeparatorChar))
            return false;
        return !OperatingSystem.IsWindows() || IsPlainOnWindows(name);
    }

    /// <summary>
    /// Windows reads more into a name: drives and streams after a colon, devices in every folder, nothing in a trailing dot or blank.
    /// </summary>
    private static bool IsPlainOnWindows(string name)
    {
        if (name.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) >= 0 || name[^1] is '.' or ' ')
            return false;
        var stem = name.AsSpan(0, name.IndexOf('.') is >= 0 and var dot ? dot : name.Length).TrimEnd(' ').ToString().ToUpperInvariant();
        return stem is not ("CON" or "PRN" or "AUX" or "NUL" or "CONIN$" or "CONOUT$")
            && !(stem.Length == 4
                && (stem.StartsWith("COM", StringComparison.Ordinal) || stem.StartsWith("LPT", StringComparison.Ordinal)));
    }
}
