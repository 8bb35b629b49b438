using System.Globalization;
using System.Text.RegularExpressions;
using Brink.Lambda.Packages;
using Brink.Lambda.Processes;
using Brink.Lambda.Versions;

namespace Brink.Lambda.Environments;

/// <summary>Why an environment did not come up.</summary>
internal sealed partial record InitFailure(
    string ErrorType, string Message, IReadOnlyList<string> Trace, InitFailureKind Kind = InitFailureKind.Function)
{
    /// <summary>The code did not ask for an event in time.</summary>
    public static InitFailure Overrun(TimeSpan limit)
    {
        var message = string.Create(CultureInfo.InvariantCulture, $"the function did not load within {limit.TotalSeconds:0.##} seconds");
        return new InitFailure("Sandbox.Timedout", message, [], InitFailureKind.TimedOut);
    }

    /// <summary>This machine could not start its process.</summary>
    public static InitFailure NotStarted(ProcessStartException failure) =>
        new(InvocationOutcome.InvalidEntrypoint, failure.Message, [], InitFailureKind.Machine);

    /// <summary>Its process ended before it asked for an event.</summary>
    public static InitFailure ExitedEarly(ProcessExit exit, EnvironmentSetup setup)
    {
        var sentence = ExitSentences.For(exit);
        if (exit.OutOfMemory)
        {
            var message = $"{sentence} ({PlatformLines.OverItsMemory(setup.Version)})";
            return new InitFailure(InvocationOutcome.ExitError, message, [], InitFailureKind.OutOfMemory);
        }
        // What the kernel does not execute, tools take for a shell script, which may end in any way.
        var command = setup.Command;
        var isForeign = exit.Code is not (null or 0) && command.Family == RuntimeFamily.Provided
            && MachineCode.Foreign(command.Executable) is not null;
        return isForeign
            ? new InitFailure(InvocationOutcome.InvalidEntrypoint, "fork/exec /var/task/bootstrap: exec format error", [])
            : new InitFailure(InvocationOutcome.ExitError, sentence, []);
    }

    /// <summary>What an invocation ends with whose environment does not come up.</summary>
    /// <param name="pending">The invocation, which has not timed out.</param>
    public InvocationOutcome ToOutcome(PendingInvocation pending)
    {
        switch (Kind)
        {
            case InitFailureKind.OutOfMemory:
                return new InvocationOutcome.OutOfMemory(PlatformLines.WithRequestId(pending, Message));
            case InitFailureKind.Machine:
                return new InvocationOutcome.NotStarted(Message);
            default:
                var failed = new InvocationOutcome.InitFailed(ErrorType, Message, Trace);
                return failed.IsOfProcess ? failed with { ErrorMessage = PlatformLines.WithRequestId(pending, Message) } : failed;
        }
    }

    /// <summary>What happened, and below it where in the function's files, if the trace tells.</summary>
    /// <param name="codeFolder">Where the function's files are, which without a sandbox their own paths say.</param>
    public string InFull(string codeFolder)
    {
        var trace = Trace.Select(line => line.Replace(codeFolder, "/var/task", StringComparison.Ordinal)).ToList();
        var at = trace.FindIndex(line => PlaceInFunction.IsMatch(line) && !line.Contains("/node_modules/", StringComparison.Ordinal));
        if (at < 0 || PlaceInFunction.IsMatch(Message))
            return $"{ErrorType}: {Message}";
        var place = PlaceInFunction.Match(trace[at]).Groups["place"].Value;
        var code = MarkedCode(trace.Skip(at + 1)).Select(line => "    " + line);
        return string.Join('\n', [$"{ErrorType}: {Message}", $"    at {place}", .. code]);
    }

    /// <summary>Of a syntax error Node.js shows the line too, and a mark below the place.</summary>
    private static string[] MarkedCode(IEnumerable<string> lines)
    {
        var both = lines.Take(2).ToArray();
        return both is [_, var below] && below.Trim() is { Length: > 0 } mark && mark.All(sign => sign == '^') ? both : [];
    }

    [GeneratedRegex(@"(?:^|[\s(:/])(?:file://)?(?<place>/var/task/[^\s()]*?:\d+(?::\d+)?)")]
    private static partial Regex PlaceInFunction { get; }
}

internal enum InitFailureKind
{
    /// <summary>The function's code, or its runtime.</summary>
    Function,
    /// <summary>Time ran out.</summary>
    TimedOut,
    /// <summary>It held too much memory.</summary>
    OutOfMemory,
    /// <summary>This machine could not start a process.</summary>
    Machine,
}
