using System.Text;
using Brink.Functions.KeyValueStores;
using Brink.Functions.SourceMaps;
using Brink.JavaScript;

namespace Brink.Functions.JavaScript;

/// <summary>A function as its owner wrote it.</summary>
public sealed record FunctionSource
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The function's name.</summary>
    public required string Name { get; init; }

    /// <summary>The dialect.</summary>
    public Runtime Runtime { get; init; } = Runtime.CloudFrontJs20;

    /// <summary>The code, UTF-8.</summary>
    public required ReadOnlyMemory<byte> Code { get; init; }

    /// <summary>The file it came from, for messages to the developer. Default: the name.</summary>
    public string? FileName { get; init; }

    /// <summary>The associated store, which <c>cf.kvs()</c> gives. Default none.</summary>
    public KeyValueStore? KeyValueStore { get; init; }

    /// <summary>Where the code comes from, when it is bundled or compiled: errors then name the original places. Default none.</summary>
    public SourceMap? SourceMap { get; init; }

    /// <summary>Why this cannot be a function at all, whatever the code says; null if it can.</summary>
    public FunctionSourceProblem? Check()
    {
        if (Code.Length > Limits.FunctionBytes)
        {
            return new FunctionSourceProblem("FunctionSizeLimitExceeded",
                $"the function is {Code.Length:N0} bytes long; a CloudFront function has at most {Limits.FunctionBytes:N0} bytes.");
        }
        return System.Text.Unicode.Utf8.IsValid(Code.Span)
            ? null
            : new FunctionSourceProblem("InvalidArgument", "the function is not UTF-8 text.");
    }

    /// <summary>The code as text, without a byte order mark. Only if <see cref="Check"/> found nothing.</summary>
    internal string Text()
    {
        var text = StrictUtf8.GetString(Code.Span);
        return text.StartsWith('\uFEFF') ? text[1..] : text;
    }
}

/// <summary>Why a source is refused before it is compiled.</summary>
/// <param name="Code">The error code of the API: <c>FunctionSizeLimitExceeded</c>, <c>InvalidArgument</c>.</param>
/// <param name="Message">One sentence.</param>
public sealed record FunctionSourceProblem(string Code, string Message);
