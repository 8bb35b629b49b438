using System.CommandLine;
using System.CommandLine.Invocation;
using System.Text;

namespace Brink.Host.CommandLine;

/// <summary>The help of a command: usage, commands or options in their groups, examples.</summary>
internal static class HelpText
{
    private const int LongestName = 32;

    /// <summary>What <c>--help</c> does.</summary>
    public sealed class Action : SynchronousCommandLineAction
    {
        /// <inheritdoc/>
        public override bool ClearsParseErrors => true;

        /// <inheritdoc/>
        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.Write(Of(parseResult.CommandResult.Command, Width()));
            return ExitCode.Success;
        }
    }

    /// <summary>The width of the terminal, within limits that read well.</summary>
    public static int Width() => Math.Clamp(TerminalSize.Width, 60, 120);

    public static string Of(Command command, int width)
    {
        var text = new StringBuilder();
        AppendWrapped(text, command.Description ?? "", 0, width);
        text.Append("\nUsage:\n  ").Append(Usage(command)).Append('\n');
        if (command.Subcommands.Any(sub => !sub.Hidden))
            AppendRows(
                text, "Commands", command.Subcommands.Where(sub => !sub.Hidden).Select(sub => (sub.Name, sub.Description ?? "")), width);
        if (command.Arguments.Count > 0)
            AppendRows(text, "Arguments", command.Arguments.Select(argument => (argument.Name, argument.Description ?? "")), width);
        foreach (var group in GroupsOf(command))
            AppendRows(text, group.Title, group.Options.Select(option => (NameOf(option), DescriptionOf(option))), width);
        if (command is DescribedCommand { Examples.Count: > 0 } described)
        {
            text.Append("\nExamples:\n");
            foreach (var (line, does) in described.Examples)
                text.Append("  ").Append(line).Append('\n').Append("      ").Append(does).Append('\n');
        }
        if (command is DescribedCommand { Closing: { } closing })
        {
            text.Append('\n');
            AppendWrapped(text, closing, 0, width);
        }
        return text.ToString();
    }

    /// <summary>The names of the command and its parents, beginning with brink.</summary>
    public static string PathOf(Command command)
    {
        var names = new Stack<string>();
        for (Command? at = command; at is not null; at = ParentOf(at))
            names.Push(at.Name);
        return string.Join(' ', names);
    }

    /// <summary>The options in their groups; those without one come last.</summary>
    public static IEnumerable<OptionGroup> GroupsOf(Command command)
    {
        var groups = command is DescribedCommand described ? described.Groups : [];
        var rest = OptionsOf(command).Where(option => !groups.Any(group => group.Options.Contains(option))).ToList();
        return rest.Count == 0 ? groups : groups.Append(new OptionGroup(groups.Count > 0 ? "Other" : "Options", rest));
    }

    /// <summary>What may be written after a command: its options, and those that all commands have.</summary>
    public static IEnumerable<Option> OptionsOf(Command command)
    {
        foreach (var option in command.Options.Where(option => !option.Hidden))
            yield return option;
        for (var at = ParentOf(command); at is not null; at = ParentOf(at))
        {
            foreach (var option in at.Options.Where(option => option is { Recursive: true, Hidden: false }))
                yield return option;
        }
    }

    private static Command? ParentOf(Command command) => command.Parents.OfType<Command>().FirstOrDefault();

    private static string Usage(Command command)
    {
        var usage = new StringBuilder(PathOf(command));
        if (command.Subcommands.Count > 0)
            usage.Append(" [command]");
        foreach (var argument in command.Arguments)
        {
            usage.Append(argument.Arity.MinimumNumberOfValues == 0 ? " [<" : " <").Append(argument.Name).Append('>');
            usage.Append(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")
                .Append(argument.Arity.MinimumNumberOfValues == 0 ? "]" : "");
        }
        return usage.Append(" [options]").ToString();
    }

    private static string NameOf(Option option)
    {
        // The short forms of --help work, but are not listed.
        var names = option is HelpFlag
            ? "-h, --help"
            : string.Join(", ", option.Aliases.Append(option.Name).Distinct(StringComparer.Ordinal).OrderBy(name => name.Length));
        return option.HelpName is null ? names : $"{names} {option.HelpName}";
    }

    private static string DescriptionOf(Option option) => option switch
    {
        VersionOption => "The version.",
        { Required: true } => option.Description + " Must be given.",
        { HasDefaultValue: true, Description: { } text } when !text.Contains("Default", StringComparison.Ordinal)
            && option.GetDefaultValue() is { } value and not false => $"{text} Default {value}.",
        _ => option.Description ?? "",
    };

    private static void AppendRows(StringBuilder text, string title, IEnumerable<(string Name, string Description)> rows, int width)
    {
        text.Append('\n').Append(title).Append(":\n");
        var all = rows.ToList();
        var column = Math.Min(all.Max(row => row.Name.Length), LongestName) + 4;
        foreach (var (name, description) in all)
        {
            text.Append("  ").Append(name);
            if (name.Length > column - 4)
                text.Append('\n').Append(' ', column);
            else
                text.Append(' ', column - 2 - name.Length);
            AppendWrapped(text, description, column, width);
        }
    }

    /// <summary>Wraps words into lines that begin at a column; the first line has begun.</summary>
    private static void AppendWrapped(StringBuilder text, string words, int column, int width)
    {
        var at = column;
        foreach (var word in words.Split(' '))
        {
            if (at > column && at + 1 + word.Length > width)
            {
                text.Append('\n').Append(' ', column);
                at = column;
            }
            else if (at > column)
            {
                text.Append(' ');
                at++;
            }
            text.Append(word);
            at += word.Length;
        }
        text.Append('\n');
    }
}
