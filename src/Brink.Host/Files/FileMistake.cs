using System.Text;
using System.Text.Json.Serialization;
using Brink.Functions;
using Brink.Host.CommandLine;

namespace Brink.Host.Files;

/// <summary>Why a file cannot be used.</summary>
/// <param name="File">As named on the command line.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Detail">Place, source line and caret; null when there is no more to say.</param>
internal sealed record FileMistake(string File, string Message, string? Detail = null)
{
    /// <summary>What AWS says of a function, of which <see cref="Detail"/> begins with place and cause; else null.</summary>
    [JsonIgnore]
    public string? FunctionErrorMessage { get; private init; }

    /// <summary>Of a function that does not compile.</summary>
    public static FileMistake Of(string file, FunctionError error) =>
        new(file, error.Message, error.Detail) { FunctionErrorMessage = error.Place is null ? null : error.Message };

    /// <summary>As lines: the place and the cause, what there is to see, AWS's sentence.</summary>
    public void AppendTo(StringBuilder text, Colors colors)
    {
        if (FunctionErrorMessage is null)
            text.Append(colors.Red(SafeText.Of(File)))
                .Append(": ").AppendJoin("\n    ", Message.Split('\n').Select(line => SafeText.Of(line))).Append('\n');
        var isFirst = FunctionErrorMessage is not null;
        foreach (var line in Detail.AsSpan().EnumerateLines())
        {
            if (Detail is not null)
                text.Append(isFirst ? "" : "    ").Append(isFirst ? colors.Red(SafeText.Of(line)) : SafeText.Of(line)).Append('\n');
            isFirst = false;
        }
        if (FunctionErrorMessage is { } sentence)
            text.Append("    FunctionErrorMessage: ").Append(SafeText.Of(sentence)).Append('\n');
    }
}
