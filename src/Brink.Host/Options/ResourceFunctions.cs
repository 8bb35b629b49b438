using System.Collections.Immutable;

namespace Brink.Host.Options;

/// <summary>The functions of --resources that distributions associate: what has to be known of them before anything is read.</summary>
/// <param name="CloudFront">The names of CloudFront Functions.</param>
/// <param name="Lambdas">The versions of Lambda functions.</param>
internal sealed record ResourceFunctions(ImmutableArray<string> CloudFront, ImmutableArray<ResourceFunctions.Lambda> Lambdas)
{
    /// <summary>None.</summary>
    public static ResourceFunctions None { get; } = new([], []);

    /// <summary>
    /// Something that belongs to them is missing or wrong. What that is, the reading in earnest tells: no flag is refused for it. Default
    /// false.
    /// </summary>
    public bool IsIncomplete { get; init; }

    /// <summary>A version of a Lambda function.</summary>
    /// <param name="Name">The function's name.</param>
    /// <param name="Path">Its code; null where that is not found.</param>
    /// <param name="Runtime">Its runtime; null where its document has none.</param>
    internal sealed record Lambda(string Name, string? Path, string? Runtime);
}
