using System.Globalization;
using System.Text.Json;

namespace Brink.Configuration;

/// <summary>What is wrong with text that should be JSON, in the same words for every file.</summary>
public static class JsonMistake
{
    /// <summary><c>line 3, byte 12: '}' is an invalid start of a value</c>; both count from 1.</summary>
    public static string Of(JsonException mistake) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"line {mistake.LineNumber + 1}, byte {mistake.BytePositionInLine + 1}: {Reason(mistake.Message)}");

    /// <summary>The parser's sentence without its own places, which count from 0.</summary>
    private static string Reason(string message)
    {
        // Its sentence repeats the whole word, which may be a secret key without its quotes.
        if (message.Contains(" literal", StringComparison.Ordinal))
            return "this is no value; text stands between quotes";
        if (message.Contains("to be zero at the end of the JSON payload", StringComparison.Ordinal))
            return "the end comes too soon; an object or a list is still open";
        if (message.Contains("does not contain any JSON tokens", StringComparison.Ordinal))
            return "there is nothing";
        foreach (var place in new[] { " Path: ", " LineNumber: " })
        {
            if (message.IndexOf(place, StringComparison.Ordinal) is >= 0 and var at)
                message = message[..at];
        }
        return message.TrimEnd('.', ' ');
    }
}
