using System.Buffers;

namespace Brink.Edge.Devices;

/// <summary>Words in a User-Agent, all looked for at once and without regard to case.</summary>
internal static class DeviceWords
{
    /// <summary>These words, made ready.</summary>
    public static SearchValues<string> Of(params ReadOnlySpan<string> words) =>
        SearchValues.Create(words, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether one of the words begins a word of the text: <c>HbbTV</c> does in <c>(HbbTV/1.2)</c>, <c>Roku</c> not in <c>Groku</c>.
    /// </summary>
    public static bool BeginIn(ReadOnlySpan<char> text, SearchValues<string> words)
    {
        for (var from = 0; text[from..].IndexOfAny(words) is >= 0 and var found; from += found + 1)
        {
            if (BeginsAt(text, from + found))
                return true;
        }
        return false;
    }

    /// <summary>Whether a word of the text begins there.</summary>
    public static bool BeginsAt(ReadOnlySpan<char> text, int at) => at == 0 || !IsPart(text[at - 1]);

    /// <summary>What words are made of, and models with them: <c>SM-T310</c> is one.</summary>
    public static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
