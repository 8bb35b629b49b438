namespace Brink.Host.Options;

/// <summary>A function's name from its file's.</summary>
internal static class NameFromFile
{
    /// <summary>
    /// The file's name without extension; for the usual <c>function.js</c> and <c>index.js</c> its folder's. Characters a name cannot have
    /// become dashes.
    /// </summary>
    public static string Of(string file)
    {
        var name = Path.GetFileNameWithoutExtension(file);
        if (name is "function" or "index" && Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file))) is { Length: > 0 } folder)
            name = folder;
        var safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-'));
        return safe.Length switch { 0 => "function", > 64 => safe[..64], _ => safe };
    }
}
