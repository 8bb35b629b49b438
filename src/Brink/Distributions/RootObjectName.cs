using System.Buffers;

namespace Brink.Distributions;

/// <summary>The rule for DefaultRootObject, from a file or a flag.</summary>
public static class RootObjectName
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.*$/~\"'&");

    /// <summary>What is wrong with a name, each with what to do; empty when all is well.</summary>
    public static IEnumerable<(string Problem, string Fix)> Mistakes(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length > Limits.DefaultRootObjectLength)
            yield return ($"the name is longer than {Limits.DefaultRootObjectLength} characters", "Shorten it");
        if (name.StartsWith('/'))
            yield return ("the name begins with a slash", $"Write '{name.TrimStart('/')}'");
        if (name.AsSpan().ContainsAnyExcept(Allowed))
            yield return ("the name holds a character that is not allowed", "Use A-Z a-z 0-9 _ - . * $ / ~ \" ' &");
    }
}
