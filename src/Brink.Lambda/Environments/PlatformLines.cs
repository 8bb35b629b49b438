using System.Globalization;
using Brink.Lambda.Versions;

namespace Brink.Lambda.Environments;

/// <summary>
/// What Lambda's platform writes into a function's log, in AWS's words (lambda-edge spec 6.4); lines of Brink's own
/// begin with <c>[brink]</c>.
/// </summary>
internal static class PlatformLines
{
    public static string InitStart(EnvironmentSetup setup) =>
        $"INIT_START Runtime Version: {setup.Command.Description(setup.Version.Runtime)}";

    /// <summary>Only of an init that failed.</summary>
    public static string InitReport(TimeSpan duration, InitFailure failure)
    {
        var status = failure.Kind == InitFailureKind.TimedOut ? "timeout" : "error";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"INIT_REPORT Init Duration: {duration.TotalMilliseconds:0.00} ms\tPhase: init\t" +
            $"Status: {status}\tError Type: {failure.ErrorType}");
    }

    public static string NoZygote(string problem) => $"started without a zygote: {problem}";

    public static string Start(PendingInvocation pending, FunctionVersion version) =>
        $"START RequestId: {pending.RequestId} Version: {version.Number}";

    public static string End(PendingInvocation pending) => $"END RequestId: {pending.RequestId}";

    public static string Report(Invocation invocation, FunctionVersion version)
    {
        var used = Math.Min(invocation.MaxMemoryUsed / (1024 * 1024), version.MemoryMegabytes);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"REPORT RequestId: {invocation.RequestId}\tDuration: {invocation.Duration.TotalMilliseconds:0.00} ms\t" +
            $"Billed Duration: {invocation.BilledMilliseconds} ms\t" +
            $"Memory Size: {version.MemoryMegabytes} MB\tMax Memory Used: {used} MB\t");
        if (invocation.InitDuration is { } init)
            text += string.Create(CultureInfo.InvariantCulture, $"Init Duration: {init.TotalMilliseconds:0.00} ms\t");
        return invocation.Outcome switch
        {
            InvocationOutcome.TimedOut => text + "Status: timeout",
            InvocationOutcome.Exited or InvocationOutcome.OutOfMemory or InvocationOutcome.InitFailed =>
                text + $"Status: error\tError Type: {((InvocationOutcome.Failure)invocation.Outcome).ErrorType}",
            _ => text,
        };
    }

    /// <summary>What AWS's sentence about a killed process does not say.</summary>
    public static string OverItsMemory(FunctionVersion version) =>
        string.Create(CultureInfo.InvariantCulture, $"[brink] the function needs more than its {version.MemoryMegabytes} MB of memory");

    public static string TimedOut(PendingInvocation pending, DateTimeOffset now, TimeSpan after) => string.Create(
        CultureInfo.InvariantCulture,
        $"{now:yyyy-MM-dd'T'HH:mm:ss.fff}Z {pending.RequestId} Task timed out after {after.TotalSeconds:0.00} seconds");

    /// <summary>A sentence about the process, as the error of an invocation.</summary>
    public static string WithRequestId(PendingInvocation pending, string sentence) => $"RequestId: {pending.RequestId} Error: {sentence}";

    /// <summary>The line that says how the process failed the invocation; null where the function's own lines do.</summary>
    public static string? Failure(InvocationOutcome outcome) => outcome switch
    {
        InvocationOutcome.Exited or InvocationOutcome.OutOfMemory => ((InvocationOutcome.Failure)outcome).ErrorMessage,
        InvocationOutcome.InitFailed { IsOfProcess: true } failed => failed.ErrorMessage,
        _ => null,
    };
}
