using Brink.Configuration;

namespace Brink.Host.CommandLine;

/// <summary>The question after an unknown word.</summary>
internal static class DidYouMean
{
    /// <summary>"; did you mean X?", or nothing where no word is near.</summary>
    public static string After(string written, IEnumerable<string> words) =>
        NearestWord.To(written, words) is { } word ? $"; did you mean {word}?" : "";
}
