using System.CommandLine;
using System.Globalization;
using Brink.Host.CommandLine;
using Brink.Lambda.Logs;

namespace Brink.Host.Commands;

/// <summary><c>brink logs</c>: the log stream of Lambda@Edge functions, from the data folder.</summary>
internal static class LogsCommand
{
    public static Command Create()
    {
        var request = new Option<string?>("--request")
        {
            Description = "Only the lines of this request: Lambda's request id, or the viewer's (X-Amz-Cf-Id).",
            HelpName = "ID",
        };
        var follow = new Option<bool>("--follow") { Description = "Goes on with the lines that are still to come, until Ctrl-C." };
        var command = new Command(
            "logs", $"Prints the log of Lambda@Edge functions that ran from this folder, from {DataFolder.Logs}.") { request, follow };
        command.SetAction((parsed, cancellationToken) => PrintAsync(parsed.GetValue(request), parsed.GetValue(follow), cancellationToken));
        return command;
    }

    private static async Task<int> PrintAsync(string? requestId, bool follows, CancellationToken cancellationToken)
    {
        try
        {
            return await PrintLinesAsync(requestId, follows, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return await FailAsync($"{DataFolder.Logs} cannot be read: {failure.Message}");
        }
    }

    private static async Task<int> PrintLinesAsync(string? requestId, bool follows, CancellationToken cancellationToken)
    {
        using var signals = Signals.CancelOnStop(cancellationToken);
        var any = false;
        var colors = Colors.OfOutput;
        await foreach (var line in LambdaLogReader.ReadAsync(DataFolder.Logs, requestId, follows, TimeProvider.System, signals.Token))
        {
            any = true;
            Console.WriteLine(Shown(line, colors));
        }
        var missing = LambdaLogReader.CountMissing(DataFolder.Logs) switch
        {
            0 => null,
            1 => "1 line of this log is missing: it could not be written",
            var count => string.Create(CultureInfo.InvariantCulture, $"{count} lines of this log are missing: they could not be written"),
        };
        if (any || follows)
        {
            if (missing is not null)
                await Console.Error.WriteLineAsync($"brink: {missing}");
            return ExitCode.Success;
        }
        return await FailAsync((requestId, missing) switch
        {
            (null, null) => $"{DataFolder.Logs} holds no log: no Lambda@Edge function has run from this folder",
            (null, _) => $"{DataFolder.Logs} holds no entries: {missing}",
            (_, null) => $"no line of request {requestId}: no Lambda@Edge function has run for it, as for one that the cache answered",
            _ => $"no line of request {requestId}; {missing}",
        });
    }

    private static async Task<int> FailAsync(string sentence)
    {
        await Console.Error.WriteLineAsync($"brink: {sentence}");
        return ExitCode.Failure;
    }

    /// <summary>
    /// A file or a program gets each line as it was logged. On a terminal control characters are replaced, and errors are red.
    /// </summary>
    private static string Shown(string line, Colors colors)
    {
        if (Console.IsOutputRedirected)
            return line;
        var text = string.Join('\n', line.Split('\n').Select(part => SafeText.Of(part)));
        return text switch
        {
            _ when IsPlatformLine(text) => colors.Dim(text),
            _ when text.Contains("\tERROR\t", StringComparison.Ordinal)
                || text.Contains("[ERROR]", StringComparison.Ordinal)
                || text.Contains("Task timed out", StringComparison.Ordinal) => colors.Red(text),
            _ when text.Contains("\tWARN\t", StringComparison.Ordinal)
                || text.Contains("[WARNING]", StringComparison.Ordinal) => colors.Yellow(text),
            _ => text,
        };
    }

    private static bool IsPlatformLine(string text) =>
        text.Contains("START RequestId: ", StringComparison.Ordinal) || text.Contains("END RequestId: ", StringComparison.Ordinal)
        || text.Contains("REPORT RequestId: ", StringComparison.Ordinal) || text.Contains("INIT_START ", StringComparison.Ordinal);
}
