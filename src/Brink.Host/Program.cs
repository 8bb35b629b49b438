using System.CommandLine;
using System.CommandLine.Help;
using Brink.Host.Commands;

namespace Brink.Host;

/// <summary>The executable: every command of the command line contract (design section 7).</summary>
internal static class Program
{
    /// <summary>The exit codes of every command.</summary>
    public static class ExitCode
    {
        public const int Success = 0;

        /// <summary>The thing asked for failed.</summary>
        public const int Failure = 1;

        /// <summary>The command line makes no sense.</summary>
        public const int WrongUsage = 2;
    }

    public static async Task<int> Main(string[] arguments)
    {
        // Not a RootCommand: that one calls itself what the file is called, and users type brink.
        var root = new Command("brink", "CloudFront's distributions and edge functions, on your own machine.")
        {
            DevCommand.Create(),
            FunctionCommand.Create(),
            LambdaCommand.Create(),
            LogsCommand.Create(),
            new HelpOption(),
            new VersionOption(),
        };

        var parsed = root.Parse(arguments);
        // A word that is no command is the mistake; that a command is missing only follows from it.
        var mistakes = parsed.UnmatchedTokens.Count > 0 && parsed.CommandResult.Command.Subcommands.Count > 0
            ? parsed.UnmatchedTokens.Take(1).Select(word => $"'{word}' is no command; {Listed([.. parsed.CommandResult.Command.Subcommands.Select(command => command.Name)])}")
            : parsed.Errors.Select(error => error.Message);
        // Nothing takes an empty value. It comes from a variable of a script that is not set.
        if (arguments.Any(argument => argument.Length == 0 || (argument.StartsWith("--", StringComparison.Ordinal) && argument.EndsWith('='))))
            mistakes = ["A value on the command line is empty.", .. mistakes];
        if (mistakes.Any())
        {
            foreach (var mistake in mistakes)
                await Console.Error.WriteLineAsync($"brink: {mistake}");
            await Console.Error.WriteLineAsync($"Try: {string.Join(' ', [.. CommandPath(parsed.CommandResult), "--help"])}");
            return ExitCode.WrongUsage;
        }
        // Commands that serve handle the signals themselves: they drain first.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static string Listed(string[] names) => names.Length == 1 ? $"there is only {names[0]}" : $"there are {string.Join(", ", names[..^1])} and {names[^1]}";

    private static Stack<string> CommandPath(System.CommandLine.Parsing.SymbolResult result)
    {
        var names = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = result; at is System.CommandLine.Parsing.CommandResult command; at = at.Parent)
            names.Push(command.Command.Name);
        return names;
    }
}
