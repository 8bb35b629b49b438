namespace Brink.Lambda.Processes;

/// <summary>Programs of this machine.</summary>
public static class Executables
{
    /// <summary>
    /// The program of that name: a path is taken as it is, a bare name is looked for in the folders of PATH. Null where there is none.
    /// </summary>
    /// <param name="name">A path, or the bare name.</param>
    /// <param name="furtherFolders">Folders that are searched after those of PATH, separated by colons.</param>
    public static string? Find(string name, string furtherFolders = "")
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Contains('/', StringComparison.Ordinal))
            return File.Exists(name) ? Path.GetFullPath(name) : null;
        return $"{Environment.GetEnvironmentVariable("PATH")}:{furtherFolders}".Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }
}
