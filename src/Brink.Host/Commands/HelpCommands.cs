using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.Reflection;
using Brink.Host.CommandLine;

namespace Brink.Host.Commands;

/// <summary><c>brink help</c>, <c>brink version</c>, <c>brink completion</c>: what brink says about itself.</summary>
internal static class HelpCommands
{
    /// <summary>The package's version, without the commit.</summary>
    public static string Version { get; } =
        (typeof(HelpCommands).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0")
        .Split('+')[0];

    /// <summary>What <c>--version</c> does: the same as the command.</summary>
    public sealed class VersionAction : SynchronousCommandLineAction
    {
        /// <inheritdoc/>
        public override bool ClearsParseErrors => true;

        /// <inheritdoc/>
        public override int Invoke(ParseResult parseResult)
        {
            Console.WriteLine($"brink {Version}");
            return ExitCode.Success;
        }
    }

    public static Command CreateHelp(Func<Command> root)
    {
        var words = new Argument<string[]>("COMMAND")
        {
            Description = "The command, as it is typed: function test, say.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        words.CompletionSources.Add(_ => root().Subcommands.Select(command => new CompletionItem(command.Name)));
        var help = new DescribedCommand("help", "Prints the help of brink or of a command.") { words };
        help.SetAction(parsed =>
        {
            var command = root();
            foreach (var word in parsed.GetValue(words) ?? [])
            {
                if (command.Subcommands.FirstOrDefault(sub => sub.Name == word) is not { } next)
                {
                    var names = command.Subcommands.Select(sub => sub.Name);
                    Console.Error.WriteLine($"brink: there is no command {HelpText.PathOf(command)} {word}{DidYouMean.After(word, names)}");
                    Console.Error.WriteLine($"Try: {HelpText.PathOf(command)} --help");
                    return ExitCode.WrongUsage;
                }
                command = next;
            }
            Console.Write(HelpText.Of(command, HelpText.Width()));
            return ExitCode.Success;
        });
        return help;
    }

    public static Command CreateVersion()
    {
        var version = new DescribedCommand("version", "Prints the version of brink.");
        version.SetAction(_ => Console.WriteLine($"brink {Version}"));
        return version;
    }

    public static Command CreateCompletion(Func<Command> root)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.CompletionSources.Add(_ => CompletionScript.Shells.Select(name => new CompletionItem(name)));
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }] && !CompletionScript.Shells.Contains(name))
                result.AddError($"completion {name}: bash, zsh or fish{DidYouMean.After(name, CompletionScript.Shells)}");
        });
        var completion = new DescribedCommand("completion", "Prints a script that completes commands, flags and values in a shell.")
        {
            Examples =
            [
                (
                    "eval \"$(brink completion bash)\"",
                    "For this shell. zsh: source <(brink completion zsh); fish: brink completion fish | source."),
            ],
        };
        completion.Add(shell);
        completion.SetAction(parsed => Console.Write(CompletionScript.For(parsed.GetValue(shell)!, root())));
        return completion;
    }
}
