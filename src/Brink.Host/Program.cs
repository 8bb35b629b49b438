using System.CommandLine;
using Brink.Host.CommandLine;
using Brink.Host.Commands;

namespace Brink.Host;

/// <summary>The executable: all commands, and the first look at the command line.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        TerminalStream.Install();
        var root = Root();
        arguments = CommandLineMistakes.WithEmptyValues(arguments);
        var parsed = root.Parse(arguments);
        // A group of commands alone: its help says what may follow.
        if (arguments.Length == 0
            || (parsed.CommandResult.Command.Subcommands.Count > 0 && parsed.UnmatchedTokens.Count == 0
                && parsed.Action is not { ClearsParseErrors: true }))
        {
            await Console.Out.WriteAsync(HelpText.Of(parsed.CommandResult.Command, HelpText.Width()));
            return ExitCode.Success;
        }
        if (parsed.Action is not { ClearsParseErrors: true } && CommandLineMistakes.In(parsed, arguments) is { Count: > 0 } mistakes)
        {
            foreach (var mistake in mistakes)
                await Console.Error.WriteLineAsync($"brink: {mistake}");
            await Console.Error.WriteLineAsync($"Try: {HelpText.PathOf(parsed.CommandResult.Command)} --help");
            return ExitCode.WrongUsage;
        }
        // Commands that serve handle the signals themselves: they drain first.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    /// <summary>All commands.</summary>
    internal static DescribedCommand Root()
    {
        // Not a RootCommand: that takes the name of its file, and users type brink.
        DescribedCommand? root = null;
        root = new DescribedCommand("brink", "CloudFront's distributions and edge functions, on your own machine.")
        {
            DevCommand.Create(),
            FunctionCommand.Create(),
            LambdaCommand.Create(),
            LogsCommand.Create(),
            InvalidateCommand.Create(),
            CacheCommand.Create(),
            InitCommand.Create(),
            SignCommand.Create(),
            TrustCommand.Create(),
            HelpCommands.CreateCompletion(() => root!),
            HelpCommands.CreateVersion(),
            HelpCommands.CreateHelp(() => root!),
            new HelpFlag(),
            new VersionOption { Action = new HelpCommands.VersionAction() },
        };
        root.Closing = "brink help COMMAND, or COMMAND --help, says more of each.";
        root.Examples =
        [
            (
                "brink dev --origin ./site --viewer-request function.js",
                "Serves a folder with a CloudFront Function in front, at http://localhost:8080."),
            ("brink init my-site", "Writes a small project with functions, events and a distribution."),
        ];
        return root;
    }
}
