namespace Brink.Configuration;

/// <summary>What is found while one document is read.</summary>
/// <param name="settings">The settings that are left out on request.</param>
internal sealed class ConfigFindings(IgnoredSettings settings)
{
    public IgnoredSettings Settings { get; } = settings;

    public List<ConfigMistake> Mistakes { get; } = [];

    /// <summary>The settings among them that the document has.</summary>
    public List<string> Ignored { get; } = [];
}
