using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Brink.Lambda.RuntimeApi;

/// <summary>
/// The error object that a runtime posts: <c>{errorType, errorMessage, trace or stackTrace}</c>, or what it posts instead.
/// </summary>
internal sealed partial record ErrorBody(string ErrorType, string ErrorMessage, IReadOnlyList<string> Trace)
{
    // What is kept of a message and a trace: they go to pages and terminals, not to machines.
    private const int MessageLimit = 64 * 1024;
    private const int TraceLines = 200;

    /// <summary>Reads the body; the header decides the type only where the body names none.</summary>
    public static ErrorBody Read(string? headerType, ReadOnlySpan<byte> body)
    {
        string? type = null, message = null;
        var trace = new List<string>();
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in json.RootElement.EnumerateObject())
                {
                    if (member.NameEquals("errorType"u8))
                        type = Text(member.Value);
                    else if (member.NameEquals("errorMessage"u8))
                        message = Text(member.Value);
                    else if (IsTrace(member))
                        trace.AddRange(member.Value.EnumerateArray().Take(TraceLines).Select(line => Text(line) ?? line.ToString()));
                }
            }
        }
        catch (JsonException)
        {
            message = Encoding.UTF8.GetString(body[..Math.Min(body.Length, MessageLimit)]);
        }
        return new ErrorBody(type is { Length: > 0 } ? type : Normalize(headerType), message ?? "", trace);
    }

    private static bool IsTrace(JsonProperty member) =>
        (member.NameEquals("trace"u8) || member.NameEquals("stackTrace"u8)) && member.Value.ValueKind == JsonValueKind.Array;

    private static string? Text(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return value.ValueKind == JsonValueKind.Null ? null : value.ToString();
        try
        {
            var text = value.GetString()!;
            return text.Length <= MessageLimit ? text : text[..MessageLimit];
        }
        catch (InvalidOperationException)
        {
            return value.GetRawText();      // half a surrogate pair
        }
    }

    /// <summary>A type in a header is believed when it looks like one (lambda-edge spec 6.2).</summary>
    private static string Normalize(string? type) => type switch
    {
        null or "" => "Runtime.Unknown",
        _ when TypePattern().IsMatch(type) => type,
        _ => type.StartsWith("Function.", StringComparison.Ordinal) ? "Function.Unknown" : "Runtime.Unknown",
    };

    [GeneratedRegex("^(Runtime|Function)\\.[A-Z][a-zA-Z]+$")]
    private static partial Regex TypePattern();
}
