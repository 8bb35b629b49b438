using System.CommandLine;
using System.CommandLine.Completions;

namespace Brink.Host.CommandLine;

/// <summary>The values of an option or an argument, from its description.</summary>
/// <param name="Words">The values that have names; others may be allowed too.</param>
/// <param name="Kind">What else it may be.</param>
internal sealed record OptionValues(IReadOnlyList<string> Words, ValueKind Kind)
{
    public static OptionValues Of(Option option) => Of(option.HelpName, option.Arity, option.CompletionSources);

    public static OptionValues Of(Argument argument) => Of(argument.HelpName ?? argument.Name, argument.Arity, argument.CompletionSources);

    private static OptionValues Of(
        string? helpName, ArgumentArity arity, List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources)
    {
        if (arity.MaximumNumberOfValues == 0 || helpName is null)
            return new([], ValueKind.None);
        var words = sources.SelectMany(source => source(CompletionContext.Empty)).Select(item => item.Label).ToList();
        var kinds = helpName.Split("-or-");
        var kind = helpName is "NAME=FILE" or "NAME=PATH" ? ValueKind.NamedFile
            : kinds.Any(word => word is "FILE" or "ID=FILE" or "PATH" or "EXE" or "ZIP") ? ValueKind.File
            : kinds.Contains("DIR") ? ValueKind.Folder
            : ValueKind.Text;
        return new(words, kind);
    }

    /// <summary>Gives an option named values. They are computed when they are needed.</summary>
    public static T WithWords<T>(T option, Func<IEnumerable<string>> words)
        where T : Option
    {
        option.CompletionSources.Add(_ => words().Select(word => new CompletionItem(word)));
        return option;
    }
}

/// <summary>What a value is, beside the named words.</summary>
internal enum ValueKind
{
    /// <summary>There is no value: a switch.</summary>
    None,

    /// <summary>Nothing that a shell could complete.</summary>
    Text,

    File,

    Folder,

    /// <summary>NAME=FILE.</summary>
    NamedFile,
}
