using System.CommandLine;
using System.Text;

namespace Brink.Host.CommandLine;

/// <summary>
/// Completion for shells, written from the commands: a script with every command, flag and named value, so that a Tab starts no process.
/// </summary>
internal static class CompletionScript
{
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish"];

    /// <summary>The script for one of <see cref="Shells"/>.</summary>
    public static string For(string shell, Command root) => shell switch
    {
        "bash" => Bash([.. All(root)]),
        "zsh" => Zsh([.. All(root)]),
        "fish" => Fish([.. All(root)]),
        _ => throw new ArgumentException($"there is no script for {shell}", nameof(shell)),
    };

    private static IEnumerable<Command> All(Command command) =>
        command.Subcommands.Where(sub => !sub.Hidden).SelectMany(All).Prepend(command);

    /// <summary>The names that completion offers: short forms are left out.</summary>
    private static IEnumerable<(string Flag, Option Option)> Flags(Command command) =>
        HelpText.OptionsOf(command).Select(option => (option.Name, option));

    private static IEnumerable<Command> Subcommands(Command command) => command.Subcommands.Where(sub => !sub.Hidden);

    private static OptionValues? ArgumentOf(Command command) => command.Arguments.Count == 0 ? null : OptionValues.Of(command.Arguments[0]);

    // ---------------------------------------------------------------- bash

    private static string Bash(IReadOnlyList<Command> commands)
    {
        var text = new StringBuilder("""
            # bash completion for brink. For this shell: eval "$(brink completion bash)"
            # For every one: brink completion bash > ~/.local/share/bash-completion/completions/brink
            _brink() {
                local cur=${COMP_WORDS[COMP_CWORD]} at=$((COMP_CWORD - 1)) where=brink flag='' named='' words='' kind='' flags='' i
                COMPREPLY=()

            """);
        AppendWalk(
            text, commands, "    for ((i = 1; i < COMP_CWORD; i++)); do\n        case \"$where ${COMP_WORDS[i]}\" in\n",
            "            {0}) where=\"$where ${{COMP_WORDS[i]}}\" ;;\n", "        esac\n    done\n");
        // = is a word of its own here: --flag=VALUE, and --flag NAME=VALUE.
        text.Append("""
                if [ "$cur" = = ]; then cur=''; elif [ "${COMP_WORDS[at]}" = = ]; then at=$((at - 1)); fi
                flag=${COMP_WORDS[at]}
                if [ $((COMP_CWORD - at)) -gt 1 ] || [ "${COMP_WORDS[COMP_CWORD]}" = = ]; then
                    case "$flag" in -*) ;; *) named=yes flag=${COMP_WORDS[at - 1]} ;; esac
                fi
                case "$where $flag" in

            """);
        foreach (var command in commands)
        {
            foreach (var (flag, option) in Flags(command))
            {
                var values = OptionValues.Of(option);
                if (values.Kind == ValueKind.None)
                    continue;
                text.Append("        '")
                    .Append(HelpText.PathOf(command)).Append(' ').Append(flag).Append("') words='").AppendJoin(' ', values.Words)
                    .Append("' kind=").Append(values.Kind.ToString().ToLowerInvariant()).Append(" ;;\n");
            }
        }
        text.Append("        *)\n            case \"$where\" in\n");
        foreach (var command in commands)
        {
            var argument = ArgumentOf(command);
            var words = Subcommands(command).Select(sub => sub.Name).Concat(argument?.Words ?? []);
            text.Append("                '")
                .Append(HelpText.PathOf(command)).Append("') words='").AppendJoin(' ', words).Append("' kind=")
                .Append((argument?.Kind ?? ValueKind.None).ToString().ToLowerInvariant());
            text.Append(" flags='").AppendJoin(' ', Flags(command).Select(pair => pair.Flag)).Append("' ;;\n");
        }
        return text.Append("""
                        esac
                        if [ "${cur:0:1}" = - ]; then words=$flags kind=none
                        elif [ -z "$words" ] && [ "$kind" = none ]; then words=$flags; fi ;;
                esac
                if [ "$kind" = namedfile ]; then
                    if [ -n "$named" ]; then kind=file; else compopt -o nospace 2> /dev/null; fi
                fi
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
                case "$kind" in
                    file) compopt -o filenames 2> /dev/null; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- "$cur") ;;
                    folder) compopt -o filenames 2> /dev/null; mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$cur") ;;
                esac
            }
            complete -F _brink brink

            """).ToString();
    }

    /// <summary>The part that finds which command is being written.</summary>
    private static void AppendWalk(StringBuilder text, IReadOnlyList<Command> commands, string before, string line, string after)
    {
        text.Append(before);
        text.AppendFormat(
            System.Globalization.CultureInfo.InvariantCulture, line,
            string.Join(" | ", commands.Skip(1).Select(command => $"'{HelpText.PathOf(command)}'")));
        text.Append(after);
    }

    // ---------------------------------------------------------------- zsh

    private static string Zsh(IReadOnlyList<Command> commands)
    {
        var text = new StringBuilder("""
            #compdef brink
            # zsh completion for brink. For this shell: source <(brink completion zsh)
            # For every one: brink completion zsh > a file _brink in a folder of $fpath
            _brink() {
                local cur=${words[CURRENT]} where=brink flag='' i
                local -a commands flags

            """);
        AppendWalk(
            text, commands, "    for ((i = 2; i < CURRENT; i++)); do\n        case \"$where ${words[i]}\" in\n",
            "            {0}) where=\"$where ${{words[i]}}\" ;;\n", "        esac\n    done\n");
        text.Append("""
                if [[ $cur == --*=* ]]; then
                    flag=${cur%%=*}
                    compset -P 1 '*='
                else
                    flag=${words[CURRENT-1]}
                fi
                case "$where $flag" in

            """);
        foreach (var command in commands)
        {
            foreach (var (flag, option) in Flags(command))
            {
                var values = OptionValues.Of(option);
                if (values.Kind == ValueKind.None)
                    continue;
                text.Append("        '")
                    .Append(HelpText.PathOf(command)).Append(' ').Append(flag).Append("') ").Append(ZshValues(values))
                    .Append("; return ;;\n");
            }
        }
        text.Append("    esac\n    case \"$where\" in\n");
        foreach (var command in commands)
        {
            text.Append("        '").Append(HelpText.PathOf(command)).Append("')\n            flags=(");
            foreach (var (flag, option) in Flags(command))
                text.Append("\n                ").Append(ZshItem(flag, Brief(option.Description)));
            text.Append(")\n            commands=(");
            foreach (var sub in Subcommands(command))
                text.Append("\n                ").Append(ZshItem(sub.Name, Brief(sub.Description)));
            text.Append(")\n");
            if (ArgumentOf(command) is { } argument)
                text.Append("            [[ $cur == -* ]] || { ").Append(ZshValues(argument)).Append("; return; }\n");
            text.Append("            ;;\n");
        }
        return text.Append("""
                esac
                if [[ $cur != -* ]] && (( $#commands )); then _describe command commands; else _describe option flags; fi
            }
            if [ "$funcstack[1]" = _brink ]; then _brink "$@"; else compdef _brink brink; fi

            """).ToString();
    }

    private static string ZshValues(OptionValues values)
    {
        var words = values.Words.Count > 0 ? $"compadd -- {string.Join(' ', values.Words)}" : "";
        var files = values.Kind switch
        {
            ValueKind.File => "_files",
            ValueKind.Folder => "_files -/",
            ValueKind.NamedFile => "[[ $PREFIX == *=* ]] && { compset -P 1 '*='; _files; }",
            _ => "",
        };
        return string.Join("; ", new[] { words, files }.Where(part => part.Length > 0).DefaultIfEmpty(":"));
    }

    private static string ZshItem(string name, string description) =>
        Quoted($"{name}:{description.Replace(":", "\\:", StringComparison.Ordinal)}");

    // ---------------------------------------------------------------- fish

    private static string Fish(IReadOnlyList<Command> commands)
    {
        var text = new StringBuilder("""
            # fish completion for brink. For this shell: brink completion fish | source
            # For every one: brink completion fish > ~/.config/fish/completions/brink.fish
            function __brink_at
                set -l where brink
                set -l written (commandline -opc)
                for word in $written[2..]
                    switch "$where $word"

            """);
        AppendWalk(
            text, commands, "", "            case {0}\n                set where \"$where $word\"\n",
            "        end\n    end\n    test \"$where\" = \"$argv\"\nend\ncomplete -c brink -f\n");
        text.Replace(" | ", " ");
        text.Replace("completion fish source", "completion fish | source");
        foreach (var command in commands)
        {
            var condition = $"complete -c brink -n '__brink_at {HelpText.PathOf(command)}'";
            foreach (var sub in Subcommands(command))
                text.Append(condition)
                    .Append(" -a ").Append(sub.Name).Append(" -d ").Append(FishQuoted(Brief(sub.Description))).Append('\n');
            foreach (var (flag, option) in Flags(command))
                text.Append(condition)
                    .Append(" -l ").Append(flag.TrimStart('-')).Append(FishValues(OptionValues.Of(option))).Append(" -d ")
                    .Append(FishQuoted(Brief(option.Description))).Append('\n');
            if (ArgumentOf(command) is not { } argument)
                continue;
            if (argument.Words.Count > 0)
                text.Append(condition).Append(" -a '").AppendJoin(' ', argument.Words).Append("'\n");
            if (argument.Kind is ValueKind.File)
                text.Append(condition).Append(" -F\n");
            else if (argument.Kind is ValueKind.Folder)
                text.Append(condition).Append(" -a '(__fish_complete_directories)'\n");
        }
        return text.ToString();
    }

    private static string FishValues(OptionValues values)
    {
        var words = values.Words.Count > 0 ? $" -a '{string.Join(' ', values.Words)}'" : "";
        return values.Kind switch
        {
            ValueKind.None => "",
            ValueKind.Text => " -x" + words,
            ValueKind.Folder => " -x -a '(__fish_complete_directories)'",
            _ => " -r -F" + words,
        };
    }

    // ---------------------------------------------------------------- texts

    /// <summary>The first sentence: a menu has one line for each command.</summary>
    private static string Brief(string? description)
    {
        var text = description ?? "This help";
        foreach (var end in new[] { ". ", "; ", ": " })
        {
            if (text.IndexOf(end, StringComparison.Ordinal) is > 20 and var at)
                text = text[..at];
        }
        return text.TrimEnd('.');
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static string FishQuoted(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";
}
