using System.CommandLine;
using Brink.Functions.Lambda;

namespace Brink.Host.Commands;

/// <summary><c>brink logs</c>: the log stream of Lambda@Edge functions, from the data folder.</summary>
internal static class LogsCommand
{
    public static Command Create()
    {
        var request = new Option<string?>("--request") { Description = "Only the lines of this request: Lambda's request id, or the viewer's (X-Amz-Cf-Id).", HelpName = "ID" };
        var follow = new Option<bool>("--follow") { Description = "Goes on with the lines that are still to come, until Ctrl-C." };
        var command = new Command("logs", $"Prints the log of Lambda@Edge functions that ran from this folder, from {DataFolder.Logs}.") { request, follow };
        command.SetAction((parsed, cancellationToken) => PrintAsync(parsed.GetValue(request), parsed.GetValue(follow), cancellationToken));
        return command;
    }

    private static async Task<int> PrintAsync(string? requestId, bool follows, CancellationToken cancellationToken)
    {
        if (!follows && !LambdaLogFile.FilesIn(DataFolder.Logs).Any())
        {
            await Console.Error.WriteLineAsync($"brink: {DataFolder.Logs} holds no log: no Lambda@Edge function has run from this folder");
            return Program.ExitCode.Failure;
        }
        using var signals = Signals.CancelOnStop(cancellationToken);
        var any = false;
        await foreach (var line in LambdaLogReader.ReadAsync(DataFolder.Logs, requestId, follows, TimeProvider.System, signals.Token))
        {
            any = true;
            Console.WriteLine(line);
        }
        if (any || follows || requestId is null)
            return Program.ExitCode.Success;
        await Console.Error.WriteLineAsync($"brink: no line of request {requestId}");
        return Program.ExitCode.Failure;
    }
}
