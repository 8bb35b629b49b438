namespace Brink.Functions.JavaScript;

/// <summary>Names of functions: <c>[a-zA-Z0-9-_]{1,64}</c> (functions spec 9.1).</summary>
public static class FunctionNames
{
    private const int MaxLength = 64;

    /// <summary>The name that a file gives: its own without extension, every other character a hyphen.</summary>
    public static string FromFile(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        if (name.Length == 0)
            return "function";
        return string.Create(Math.Min(name.Length, MaxLength), name, static (kept, name) =>
        {
            for (var i = 0; i < kept.Length; i++)
                kept[i] = char.IsAsciiLetterOrDigit(name[i]) || name[i] is '-' or '_' ? name[i] : '-';
        });
    }
}
