namespace Brink.Scenarios.Kit;

/// <summary>A program on a terminal: util-linux's <c>script</c> makes one, and what is typed into it is what the program reads.</summary>
internal static class Terminal
{
    public const string Escape = "\u001b[";

    /// <summary>Runs a command line, types, and returns everything that the terminal showed.</summary>
    public static async Task<string> RunAsync(string command, string typed = "", string? folder = null, params (string Name, string? Value)[] environment)
    {
        await using var terminal = ChildProcess.Start(
            "/bin/bash", ["-c", "printf %b \"$2\" | script -qec \"$1\" /dev/null", "terminal", command, typed], folder, null, [("TERM", "xterm"), ("NO_COLOR", null), .. environment]);
        return terminal.ReadToEnd();
    }
}
