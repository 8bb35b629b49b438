using Brink.Lambda.Logs;

namespace Brink.Host.Commands;

/// <summary>Where Brink keeps data in development: a folder of the current one.</summary>
internal static class DataFolder
{
    public static string Logs { get; } = Path.Combine(".brink", "logs");

    /// <summary>
    /// Opens the log of functions for a command; messages about lost lines begin with its name. Null, with the reason, where it cannot be
    /// written.
    /// </summary>
    public static Task<(LambdaLogFile? Log, string? Problem)> OpenLogAsync(string command) =>
        LambdaLogFile.OpenAsync(Logs, TimeProvider.System, sentence => Console.Error.WriteLine($"{command}: {sentence}"));
}
