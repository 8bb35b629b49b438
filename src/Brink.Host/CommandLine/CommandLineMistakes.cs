using System.CommandLine;
using System.CommandLine.Parsing;

namespace Brink.Host.CommandLine;

/// <summary>What is wrong with a command line, in sentences, with the word that was most likely meant.</summary>
internal static class CommandLineMistakes
{
    public static IReadOnlyList<string> In(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        var command = parsed.CommandResult.Command;
        var mistakes = Unknown(parsed, command) is { } unknown
            // An unknown word is the mistake; a missing value only follows from it.
            ? [unknown]
            : parsed.Errors.Select(error => Sentence(error, command)).Distinct(StringComparer.Ordinal).ToList();
        // It comes from a script whose variable is not set.
        var takesEmpty = HelpText.OptionsOf(command).OfType<SwitchedOffOption>().Select(option => option.Name).ToList();
        if (arguments.Where((argument, at) => argument.Length == 0 && !(at > 0 && takesEmpty.Contains(arguments[at - 1]))).Any())
            mistakes.Insert(0, "A value on the command line is empty.");
        return mistakes;
    }

    /// <summary>The words, with --flag= as the flag and its empty value.</summary>
    public static string[] WithEmptyValues(IEnumerable<string> arguments) =>
    [
        .. arguments.SelectMany(argument =>
            argument.StartsWith("--", StringComparison.Ordinal) && argument.EndsWith('=') ? [argument[..^1], ""] : new[] { argument }),
    ];

    /// <summary>The first word that is no command and no flag.</summary>
    private static string? Unknown(ParseResult parsed, Command command)
    {
        // The parser takes an unknown flag as an argument where one fits.
        var argument = parsed.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => token.Type == TokenType.Argument
                && token.Value.Length > 1 && token.Value[0] == '-' && !IsValue(parsed, token));
        var word = argument?.Value ?? (parsed.UnmatchedTokens is [var unmatched, ..] ? unmatched : null);
        if (word is null)
            return null;
        var path = HelpText.PathOf(command);
        if (word.StartsWith('-'))
        {
            var flag = word.Split('=')[0];
            return $"{flag} is no flag of {path}{Meant(flag, command)}";
        }
        var names = command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name).ToArray();
        return names.Length > 0
            ? $"'{word}' is no command; {Listed(names)}{DidYouMean.After(word, names)}"
            : $"'{word}' is one word too many for {path}{(IsOrigin(word, command) ? $"; did you mean --origin {word}?" : "")}";
    }

    private static bool IsOrigin(string word, Command command) =>
        command.Options.Any(option => option.Name == "--origin") && Directory.Exists(word);

    /// <summary>One letter is the beginning of a flag, not a misspelt -h.</summary>
    private static string Meant(string flag, Command command)
    {
        var names = HelpText.OptionsOf(command).SelectMany(option => option.Aliases.Append(option.Name)).ToList();
        if (flag.Length != 2)
            return DidYouMean.After(flag, names);
        var begins = names.Where(name => name.StartsWith("--" + char.ToLowerInvariant(flag[1]), StringComparison.Ordinal)).Take(2).ToList();
        return begins is [var only] ? $"; did you mean {only}?" : "";
    }

    /// <summary>Whether a token is the value of an option, which may begin with a dash.</summary>
    private static bool IsValue(ParseResult parsed, Token token)
    {
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult result; at = at.Parent)
        {
            if (result.Children.OfType<OptionResult>().Any(option => option.Tokens.Contains(token)))
                return true;
        }
        return false;
    }

    private static string Sentence(ParseError error, Command command) => error.SymbolResult switch
    {
        OptionResult { Implicit: true, Option.Required: true } missing => $"{Named(missing.Option)} is missing",
        OptionResult { Tokens.Count: 0, Option.Arity.MinimumNumberOfValues: > 0 } empty =>
            $"{empty.Option.Name} needs a value: {Named(empty.Option)}",
        OptionResult { Option.Arity.MaximumNumberOfValues: 1, IdentifierTokenCount: > 1 } twice =>
            $"{twice.Option.Name} is given {twice.IdentifierTokenCount} times; it has one value",
        ArgumentResult { Tokens.Count: 0, Argument.Arity.MinimumNumberOfValues: > 0, Parent: CommandResult } missing =>
            $"{missing.Argument.Name} is missing: {missing.Argument.Description}",
        CommandResult when command.Options.FirstOrDefault(option => IsMissing(option, error)) is { } required =>
            $"{Named(required)} is missing",
        _ => error.Message,
    };

    private static bool IsMissing(Option option, ParseError error) =>
        option.Required && error.Message.Contains($"'{option.Name}'", StringComparison.Ordinal);

    private static string Named(Option option) => option.HelpName is null ? option.Name : $"{option.Name} {option.HelpName}";

    private static string Listed(string[] names) =>
        names.Length == 1 ? $"there is only {names[0]}" : $"there are {string.Join(", ", names[..^1])} and {names[^1]}";
}
