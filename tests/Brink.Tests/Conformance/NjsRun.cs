using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Brink.Tests.Conformance;

/// <summary>Runs rows in Debian's njs, one process for each: a row may change the built-ins, and a few milliseconds are cheap.</summary>
internal static partial class NjsRun
{
    private const string Command = "/usr/bin/njs";

    /// <summary>Calls the handler and prints what <see cref="EngineRun"/> would say.</summary>
    private const string Tail = """

        ;(function () {
            var result = handler({x: 'event x'});
            function failed(error) { console.log('!! ' + String(error)); }
            if (result && typeof result.then === 'function') result.then(function (text) { console.log(String(text)) }, failed);
            else console.log(String(result));
        })();
        """;

    /// <summary>Whether it is installed: ./test installs it.</summary>
    public static bool IsThere => File.Exists(Command);

    public static async Task<string> OfAsync(CorpusRow row, string folder, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, $"{row.File}.{row.Line}.js");
        await File.WriteAllTextAsync(path, row.Source() + Tail, cancellationToken);
        using var process = Process.Start(new ProcessStartInfo(Command, [path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        }) ?? throw new InvalidOperationException("njs did not start");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(patience.Token);          // scripts that do not compile are told here
            var output = await process.StandardOutput.ReadToEndAsync(patience.Token) + await errors;
            await process.WaitForExitAsync(patience.Token);
            return Answer(output.TrimEnd('\n'), process.ExitCode, path);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill();
            return "no answer in 20 seconds";
        }
    }

    private static string Answer(string output, int exitCode, string path)
    {
        var thrown = output.IndexOf("Thrown:\n", StringComparison.Ordinal);
        if (thrown < 0)
            return exitCode > 128 ? "crashed" : output.Replace("\n", "\\n", StringComparison.Ordinal);
        var error = StackLine().Replace(output[(thrown + "Thrown:\n".Length)..], "");
        return "!! " + error.Replace($" in {path}:", " in ", StringComparison.Ordinal).Replace($" in {Path.GetFileName(path)}:", " in ", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\n    at .*")]
    private static partial Regex StackLine();
}
