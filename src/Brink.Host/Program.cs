using System.CommandLine;
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
        var root = new RootCommand("Brink: CloudFront's distributions and edge functions, on your own machine.")
        {
            DevCommand.Create(),
            FunctionCommand.Create(),
        };

        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync($"brink: {error.Message}");
            await Console.Error.WriteLineAsync($"Try: brink {string.Join(' ', CommandPath(parsed.CommandResult))} --help");
            return ExitCode.WrongUsage;
        }
        // Commands that serve handle the signals themselves: they drain first.
        return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static Stack<string> CommandPath(System.CommandLine.Parsing.SymbolResult result)
    {
        var names = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = result; at is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } command; at = at.Parent)
            names.Push(command.Command.Name);
        return names;
    }
}
