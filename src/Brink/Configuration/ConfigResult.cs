using System.Collections.Immutable;

namespace Brink.Configuration;

/// <summary>One thing wrong with a configuration.</summary>
/// <param name="Path">Where, as a JSON path: <c>$.Origins.Items[0].DomainName</c>.</param>
/// <param name="Rule">What holds there, or what is not supported yet.</param>
/// <param name="Fix">What to do about it.</param>
public sealed record ConfigMistake(string Path, string Rule, string Fix)
{
    /// <summary>One line for a terminal.</summary>
    public override string ToString() => $"{Path}: {Rule}. {Fix}{(Fix.EndsWith('?') ? "" : ".")}";
}

/// <summary>What came of reading a configuration: the value, or every mistake at once.</summary>
/// <param name="Value">The value; null if there is any mistake.</param>
/// <param name="Mistakes">All of them, in the order of the document.</param>
public sealed record ConfigResult<T>(T? Value, ImmutableArray<ConfigMistake> Mistakes) where T : class
{
    /// <summary>The settings that the document has and that were left out on request, by their names. Default none.</summary>
    public ImmutableArray<string> Ignored { get; init; } = [];
}
