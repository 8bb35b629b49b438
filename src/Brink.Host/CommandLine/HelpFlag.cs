using System.CommandLine;

namespace Brink.Host.CommandLine;

/// <summary>
/// <c>--help</c> of every command. The library's own reads the width of the terminal, for which .NET puts the terminal into application
/// mode.
/// </summary>
internal sealed class HelpFlag : Option<bool>
{
    public HelpFlag()
        : base("--help", "-h", "-?")
    {
        Description = "This help.";
        Recursive = true;
        Arity = ArgumentArity.Zero;
        Action = new HelpText.Action();
    }
}
