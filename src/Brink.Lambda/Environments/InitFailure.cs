using System.Globalization;
using System.Text.RegularExpressions;
using Brink.Lambda.Processes;

namespace Brink.Lambda.Environments;

/// <summary>Why an environment did not come up.</summary>
internal sealed partial record InitFailure(string ErrorType, string Message, IReadOnlyList<string> Trace, InitFailureKind Kind = InitFailureKind.Function)
{
    /// <summary>What happened, and below it where in the function's files, if the trace tells.</summary>
    /// <param name="codeFolder">Where the function's files are, which without a sandbox their own paths say.</param>
    public string InFull(string codeFolder)
    {
        var trace = Trace.Select(line => line.Replace(codeFolder, "/var/task", StringComparison.Ordinal)).ToList();
        var at = trace.FindIndex(line => PlaceInFunction.IsMatch(line) && !line.Contains("/node_modules/", StringComparison.Ordinal));
        if (at < 0 || PlaceInFunction.IsMatch(Message))
            return $"{ErrorType}: {Message}";
        // Of a syntax error Node.js shows the line too, and a mark below the place.
        var mark = trace.Skip(at + 1).Take(2).ToArray() is [var code, var below] && below.Trim() is { Length: > 0 } signs && signs.All(sign => sign == '^') ? new[] { code, below } : [];
        return string.Join('\n', [$"{ErrorType}: {Message}", $"    at {PlaceInFunction.Match(trace[at]).Groups["place"].Value}", .. mark.Select(line => "    " + line)]);
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

/// <summary>AWS's sentences about processes (lambda spec 6.4).</summary>
internal static class ExitSentences
{
    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "hangup", [2] = "interrupt", [3] = "quit", [4] = "illegal instruction", [6] = "aborted", [7] = "bus error", [8] = "floating point exception",
        [9] = "killed", [11] = "segmentation fault", [13] = "broken pipe", [14] = "alarm clock", [15] = "terminated", [24] = "cpu time limit exceeded",
        [25] = "file size limit exceeded", [31] = "bad system call",
    };

    /// <summary><c>Runtime exited with error: exit status 1</c> and its sisters.</summary>
    public static string For(ProcessExit exit) => exit switch
    {
        { OutOfMemory: true } => "Runtime exited with error: signal: killed",
        { Signal: { } signal } => $"Runtime exited with error: signal: {Signals.GetValueOrDefault(signal, signal.ToString(CultureInfo.InvariantCulture))}",
        { Code: { } code and not 0 } => $"Runtime exited with error: exit status {code.ToString(CultureInfo.InvariantCulture)}",
        _ => "Runtime exited without providing a reason",
    };
}
