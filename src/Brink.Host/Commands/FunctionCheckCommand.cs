using System.CommandLine;
using Brink.Functions.JavaScript;
using Brink.Host.Checking;
using Brink.Host.CommandLine;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.JavaScript;

namespace Brink.Host.Commands;

/// <summary><c>brink function check</c>: what AWS would refuse and what would fail there, with line, column and the rewrite.</summary>
internal static class FunctionCheckCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "The code of a function; several may be given.",
            Arity = ArgumentArity.OneOrMore,
        };
        var runtime = FunctionCommand.RuntimeOption();
        var events = new Option<string[]>("--event")
        {
            Description =
                "Runs the function on an event object too, JSON in the form that aws cloudfront test-function takes. May be given "
                + "several times.",
            HelpName = "FILE",
        };
        var keyValueStore = FunctionCommand.KeyValueStoreOption();
        var maxUtilization = NumberOption.Create(
            "--max-utilization", "The highest compute utilization that a run on an event may have, 1 to 100.", 1, 100,
            "a number from 1 to 100");
        var computeBudget = ComputeBudgetOption.Create();
        var json = new Option<bool>("--json") { Description = "The report as JSON." };
        var sarif = new Option<bool>("--sarif") { Description = "The report as SARIF 2.1.0, for code scanning." };
        var command = new Command(
            "check",
            "Finds what AWS would refuse in a function or what would fail there; the exit code is 1 if there is an error, 0 if not.")
        {
            files, runtime, events, keyValueStore, maxUtilization, computeBudget, json, sarif,
        };
        command.Validators.Add(result =>
        {
            // Only its presence is read: the value of an option that was refused cannot be.
            if (result.GetResult(maxUtilization) is not null && result.GetResult(events) is null)
                result.AddError("--max-utilization needs --event: only a run has a utilization");
            if (result.GetValue(json) && result.GetValue(sarif))
                result.AddError("--json and --sarif: one of the two");
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            _ = RuntimeNames.TryParse(parsed.GetValue(runtime), out var dialect);      // the validator has checked it
            var isRuntimeGiven = parsed.GetResult(runtime) is { Implicit: false };
            Func<IReadOnlyList<FileReport>, string> report = parsed.GetValue(json) ? JsonReport.Write
                : parsed.GetValue(sarif) ? SarifReport.Write
                : TextReport.Write;
            var limits = ComputeBudgetOption.Limits(parsed.GetValue(computeBudget));
            return CheckAsync(
                parsed.GetValue(files)!, dialect, isRuntimeGiven, parsed.GetValue(events) ?? [], parsed.GetValue(keyValueStore), limits,
                parsed.GetValue(maxUtilization), report);
        });
        return command;
    }

    private static async Task<int> CheckAsync(
        string[] files, Runtime runtime, bool isRuntimeGiven, string[] eventFiles, string? storeFile, FunctionLimits limits,
        int? maxUtilization, Func<IReadOnlyList<FileReport>, string> write)
    {
        var reading = new Reading();
        var store = storeFile is null ? null : new StoreFiles(TimeProvider.System).ReadGiven(storeFile, reading);
        var events = new List<(string File, byte[] Json)>();
        foreach (var file in eventFiles)
        {
            if (reading.Bytes(file) is { } json)
                events.Add((file, json));
        }
        var sources = new List<FunctionSource>();
        foreach (var file in files.Distinct(StringComparer.Ordinal))
        {
            if (FunctionFiles.WhyNotJavaScript(file) is { } other)
            {
                reading.Unusable(file, other);
                continue;
            }
            if (reading.Bytes(file) is not { } code)
                continue;
            var map = SourceMapFiles.Read(file, code, reading, out _);
            sources.Add(new FunctionSource
            {
                Name = NameFromFile.Of(file), FileName = file, Code = code, Runtime = runtime, KeyValueStore = store, SourceMap = map,
            });
        }
        // A file that cannot be read was not checked, which differs from an error in it.
        if (reading.Mistakes.Count > 0)
            return await FailAsync(reading.Mistakes.Select(mistake => $"{mistake.File}: {mistake.Message}"));
        foreach (var warning in reading.Warnings)
            await Console.Error.WriteLineAsync($"warning: {warning.File}: {warning.Message}");

        var checker = new FileChecker(events, limits, maxUtilization);
        var reports = new List<FileReport>();
        foreach (var source in sources)
        {
            if (checker.Check(source, isRuntimeGiven, out var mistake) is not { } report)
                return await FailAsync([$"InvalidArgument: {mistake}"]);
            reports.Add(report);
        }
        Console.Write(write(reports));
        return reports.Exists(report => report.Errors > 0) ? ExitCode.Failure : ExitCode.Success;
    }

    private static async Task<int> FailAsync(IEnumerable<string> messages)
    {
        foreach (var message in messages)
            await Console.Error.WriteLineAsync(message);
        return ExitCode.WrongUsage;
    }
}
