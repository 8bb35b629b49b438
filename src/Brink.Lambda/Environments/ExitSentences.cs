using System.Globalization;
using Brink.Lambda.Processes;

namespace Brink.Lambda.Environments;

/// <summary>AWS's sentences about processes (lambda-edge spec 6.4).</summary>
internal static class ExitSentences
{
    private static readonly Dictionary<int, string> Signals = new()
    {
        [1] = "hangup", [2] = "interrupt", [3] = "quit", [4] = "illegal instruction", [6] = "aborted", [7] = "bus error",
        [8] = "floating point exception", [9] = "killed", [11] = "segmentation fault", [13] = "broken pipe", [14] = "alarm clock",
        [15] = "terminated", [24] = "cpu time limit exceeded", [25] = "file size limit exceeded", [31] = "bad system call",
    };

    /// <summary><c>Runtime exited with error: exit status 1</c> and its sisters.</summary>
    public static string For(ProcessExit exit) => exit switch
    {
        { OutOfMemory: true } => "Runtime exited with error: signal: killed",
        { Signal: { } signal } => $"Runtime exited with error: signal: {NameOf(signal)}",
        { Code: { } code and not 0 } => $"Runtime exited with error: exit status {code.ToString(CultureInfo.InvariantCulture)}",
        _ => "Runtime exited without providing a reason",
    };

    private static string NameOf(int signal) => Signals.GetValueOrDefault(signal, signal.ToString(CultureInfo.InvariantCulture));
}
