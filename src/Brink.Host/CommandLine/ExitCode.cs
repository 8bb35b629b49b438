namespace Brink.Host.CommandLine;

/// <summary>The exit codes of every command.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>What was asked for failed.</summary>
    public const int Failure = 1;

    /// <summary>The command line cannot be used.</summary>
    public const int WrongUsage = 2;
}
