using System.Globalization;

namespace Brink.Resources;

/// <summary>
/// A numbered version of a Lambda function as <c>aws lambda get-function-configuration --qualifier N</c> prints it. Its code is a file or a
/// folder of its own.
/// </summary>
/// <param name="Name">The function's bare name.</param>
/// <param name="Number">The version.</param>
public sealed record LambdaVersionResource(string Name, int Number)
{
    /// <summary>The identifier, such as <c>nodejs22.x</c>; null where the document has none.</summary>
    public string? Runtime { get; init; }

    /// <summary><c>index.handler</c>; likewise.</summary>
    public string? Handler { get; init; }

    /// <summary>What an invocation may take; likewise.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>What an environment may hold; likewise.</summary>
    public int? MemoryMegabytes { get; init; }

    /// <summary>Name and number, <c>name:3</c>: the end of the version's ARN.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Name}:{Number}");
}
