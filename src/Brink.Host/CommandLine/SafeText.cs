namespace Brink.Host.CommandLine;

/// <summary>Text of requests, scripts and functions, for a terminal: control characters could rewrite the screen.</summary>
internal static class SafeText
{
    /// <summary>Each control character but tabs becomes U+FFFD.</summary>
    public static string Of(ReadOnlySpan<char> text) => string.Create(text.Length, text, static (safe, source) =>
    {
        for (var i = 0; i < safe.Length; i++)
            safe[i] = char.IsControl(source[i]) && source[i] != '\t' ? '\uFFFD' : source[i];
    });
}
