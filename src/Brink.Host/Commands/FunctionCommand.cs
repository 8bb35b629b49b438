using System.CommandLine;
using Brink.Functions.JavaScript;
using Brink.Functions.Testing;
using Brink.Host.CommandLine;
using Brink.Host.Development;
using Brink.JavaScript;

namespace Brink.Host.Commands;

/// <summary><c>brink function</c>: tools for one function.</summary>
internal static class FunctionCommand
{
    public static Command Create() => new("function", "Tools for one function.") { CreateTest(), FunctionCheckCommand.Create() };

    /// <summary><c>brink function test</c>: one invocation, answered with AWS's TestResult.</summary>
    private static Command CreateTest()
    {
        var file = new Argument<string>("FILE") { Description = "The function's code." };
        var eventFile = new Option<string>("--event") { Description = "The event object, JSON in the form that aws cloudfront test-function takes.", HelpName = "FILE", Required = true };
        var runtime = RuntimeOption();
        var keyValueStore = KeyValueStoreOption();
        var computeBudget = ComputeBudgetOption.Create();
        var command = new Command("test", "Runs a function on one event and prints AWS's TestResult; the exit code is 0 only if the function succeeded.")
        {
            file, eventFile, runtime, keyValueStore, computeBudget,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            _ = RuntimeNames.TryParse(parsed.GetValue(runtime), out var dialect);      // the validator has asked already
            return TestAsync(parsed.GetValue(file)!, parsed.GetValue(eventFile)!, dialect, parsed.GetValue(keyValueStore), ComputeBudgetOption.Limits(parsed.GetValue(computeBudget)));
        });
        return command;
    }

    private static string[] Runtimes { get; } = [.. Enum.GetValues<Runtime>().Select(runtime => runtime.ToName())];

    public static Option<string> RuntimeOption()
    {
        var runtime = new Option<string>("--runtime")
        {
            Description = "cloudfront-js-1.0 or cloudfront-js-2.0.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Runtime.CloudFrontJs20.ToName(),
        };
        runtime.Validators.Add(result =>
        {
            if (!RuntimeNames.TryParse(result.GetValueOrDefault<string>(), out _))
                result.AddError($"--runtime {result.GetValueOrDefault<string>()}: cloudfront-js-1.0 or cloudfront-js-2.0{DidYouMean.After(result.GetValueOrDefault<string>(), Runtimes)}");
        });
        return OptionValues.WithWords(runtime, () => Runtimes);
    }

    public static Option<string?> KeyValueStoreOption() =>
        new("--kvs") { Description = "A key value store in import-file form, associated with the function.", HelpName = "FILE" };

    private static async Task<int> TestAsync(string file, string eventFile, Runtime runtime, string? storeFile, FunctionLimits limits)
    {
        var reading = new Reading();
        var code = reading.Bytes(file);
        var eventObject = reading.Bytes(eventFile);
        var store = storeFile is not null && reading.Bytes(storeFile) is { } json
            ? new FunctionFiles(limits, TimeProvider.System).ReadKeyValueStore(storeFile, json, reading.Mistakes)
            : null;
        var map = code is null ? null : SourceMapFiles.Read(file, code, reading, out _);
        if (reading.Mistakes.Count > 0)
        {
            foreach (var mistake in reading.Mistakes)
                await Console.Error.WriteLineAsync($"{mistake.File}: {mistake.Message}");
            return Program.ExitCode.Failure;
        }

        var source = new FunctionSource { Name = NameFromFile.Of(file), FileName = file, Code = code, Runtime = runtime, KeyValueStore = store, SourceMap = map };
        foreach (var warning in reading.Warnings)
            await Console.Error.WriteLineAsync($"warning: {warning.File}: {warning.Message}");
        if (source.Check() is { } problem)
        {
            await Console.Error.WriteLineAsync($"{problem.Code}: {problem.Message}");
            return Program.ExitCode.Failure;
        }
        var function = JavaScriptFunction.Compile(source, limits, TimeProvider.System);
        switch (FunctionTestRunner.Test(function, eventObject, File.GetLastWriteTimeUtc(file)))
        {
            case TestOutcome.Tested(var result):
                Console.WriteLine(result.ToJson());
                if (result.ErrorDetail is { } detail)
                    await Console.Error.WriteLineAsync(detail);
                return result.IsSuccess ? Program.ExitCode.Success : Program.ExitCode.Failure;
            case TestOutcome.InvalidArgument(var message):
                await Console.Error.WriteLineAsync($"InvalidArgument: {eventFile}: {message}");
                return Program.ExitCode.Failure;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
