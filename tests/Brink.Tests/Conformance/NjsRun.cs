using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Brink.Tests.Conformance;

/// <summary>Runs scripts in an njs: many rows in one process where that can be, else one process for each.</summary>
/// <param name="command">The program.</param>
internal sealed partial class NjsRun(string command) : IDisposable
{
    /// <summary>Where Debian installs its own.</summary>
    public const string DebianCommand = "/usr/bin/njs";

    /// <summary>Calls the handler and prints what <see cref="EngineRun"/> would say.</summary>
    private const string Tail = """

        ;(function () {
            var result = handler({x: 'event x'});
            function failed(error) { console.log('!! ' + String(error)); }
            if (result && typeof result.then === 'function') result.then(function (text) { console.log(String(text)) }, failed);
            else console.log(String(result));
        })();
        """;

    /// <summary>Stand around the number of a row in a batch's output.</summary>
    private const char BeforeNumber = '\u0001', AfterNumber = '\u0002';

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("brink-njs-");
    private int _files;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>
    /// Whether a row can share a process: it compiles, and is over when its function returns. (What it does to the built-ins may
    /// still show in a later row: one that fails in a batch is asked again, alone.)
    /// </summary>
    public static bool CanShare(CorpusRow row) =>
        row.Kind is RowKind.Expression or RowKind.Body && !row.Expected.StartsWith("!! SyntaxError", StringComparison.Ordinal);

    /// <summary>The answers of rows that share one process; null where it gave none.</summary>
    public async Task<string?[]> OfBatchAsync(IReadOnlyList<CorpusRow> rows, CancellationToken cancellationToken)
    {
        var script = new StringBuilder(Corpus.Show).Append("\nfunction tell(number, run) { console.log('\\u0001' + number + '\\u0002' + String(run({x: 'event x'}))); }\n");
        for (var i = 0; i < rows.Count; i++)
            script.Append(CultureInfo.InvariantCulture, $"tell({i}, function (event) {{ return showRun(function () {{ {(rows[i].Kind == RowKind.Expression ? "return " : "")}{rows[i].Text}\n}}) }});\n");
        var (output, _, _) = await RunAsync(script.ToString(), cancellationToken);

        var answers = new string?[rows.Count];
        foreach (var part in output.Split(BeforeNumber))
        {
            if (part.IndexOf(AfterNumber, StringComparison.Ordinal) is var end and > 0)
                answers[int.Parse(part.AsSpan(0, end), CultureInfo.InvariantCulture)] = OneLine(part[(end + 1)..].TrimEnd('\n'));
        }
        return answers;
    }

    /// <summary>The answer of a row in a process of its own.</summary>
    public Task<string> OfAsync(CorpusRow row, CancellationToken cancellationToken) => OfScriptAsync(row.Source(), cancellationToken);

    /// <summary>The answer of a script with a handler.</summary>
    public async Task<string> OfScriptAsync(string script, CancellationToken cancellationToken)
    {
        var (output, exitCode, path) = await RunAsync(script + Tail, cancellationToken);
        return Answer(output, exitCode, path);
    }

    private async Task<(string Output, int ExitCode, string Path)> RunAsync(string script, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_folder.FullName, $"{Interlocked.Increment(ref _files)}.js");
        await File.WriteAllTextAsync(path, script, cancellationToken);
        using var process = Process.Start(new ProcessStartInfo(command, [path])
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
            return (output, process.ExitCode, path);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            process.Kill();
            return ("no answer in 20 seconds", 0, path);
        }
    }

    private static string Answer(string output, int exitCode, string path)
    {
        var thrown = output.IndexOf("Thrown:\n", StringComparison.Ordinal);
        if (output.Length == 0)
            return "!! Error: async function did not complete";                 // it ends without a word when nothing is left to run
        if (thrown < 0)
            return exitCode > 128 ? "crashed" : OneLine(output.TrimEnd('\n'));
        var error = StackLine().Replace(output.TrimEnd('\n')[(thrown + "Thrown:\n".Length)..], "");
        return "!! " + OneLine(error.Replace($" in {path}:", " in ", StringComparison.Ordinal).Replace($" in {Path.GetFileName(path)}:", " in ", StringComparison.Ordinal));
    }

    private static string OneLine(string text) => text.Replace("\n", "\\n", StringComparison.Ordinal);

    [GeneratedRegex(@"\n    at .*")]
    private static partial Regex StackLine();
}
