using System.Collections;
using System.CommandLine;

namespace Brink.Host.CommandLine;

/// <summary>
/// A command with its options in groups, and examples. The parser, the help, the completion of shells and "did you mean" read this one
/// description, so that they cannot disagree.
/// </summary>
internal sealed class DescribedCommand(string name, string description) : Command(name, description), IEnumerable
{
    private readonly List<OptionGroup> _groups = [];

    public IReadOnlyList<OptionGroup> Groups => _groups;

    /// <summary>Command lines that work, with what they do.</summary>
    public IReadOnlyList<(string CommandLine, string Does)> Examples { get; set; } = [];

    /// <summary>The last line of the help.</summary>
    public string? Closing { get; set; }

    /// <summary>Adds options under a title.</summary>
    public void Add(string title, params Option[] options)
    {
        _groups.Add(new OptionGroup(title, options));
        foreach (var option in options)
            Options.Add(option);
    }

    IEnumerator IEnumerable.GetEnumerator() => Children.GetEnumerator();
}

/// <summary>Options that belong together.</summary>
internal sealed record OptionGroup(string Title, IReadOnlyList<Option> Options);
