using Brink.Functions.JavaScript;
using Brink.Functions.Testing;
using Brink.Host.CommandLine;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.JavaScript;

namespace Brink.Host.Commands;

/// <summary>The action of <c>brink function test</c>.</summary>
internal static class FunctionTest
{
    /// <summary>Runs the function on every event. The result is the exit code.</summary>
    public static async Task<int> RunAsync(
        string file, string[] events, string[] expected, Runtime runtime, string? storeFile, FunctionLimits limits)
    {
        var reading = new Reading();
        if (FunctionFiles.WhyNotJavaScript(file) is { } other)
            reading.Unusable(file, other);
        var code = reading.Bytes(file);
        var eventObjects = Array.ConvertAll(events, reading.Bytes);
        var expectations = expected.SelectMany(each => Expectation.Read(each, reading)).ToArray();
        if (expected.Length > 0 && reading.Mistakes.Count == 0 && expectations.Length != events.Length)
            reading.Unusable(
                string.Join(", ", expected),
                $"says what is expected of {expectations.Length} events, and {events.Length} are given: each needs its own");
        var store = storeFile is null ? null : new StoreFiles(TimeProvider.System).ReadGiven(storeFile, reading);
        var map = code is null ? null : SourceMapFiles.Read(file, code, reading, out _);
        foreach (var mistake in reading.Mistakes)
            await Console.Error.WriteLineAsync($"{mistake.File}: {mistake.Message}");
        if (reading.Mistakes.Count > 0)
            return ExitCode.Failure;
        foreach (var warning in reading.Warnings)
            await Console.Error.WriteLineAsync($"warning: {warning.File}: {warning.Message}");

        var source = new FunctionSource
        {
            Name = NameFromFile.Of(file),
            FileName = file,
            Code = code,
            Runtime = runtime,
            KeyValueStore = store,
            SourceMap = map,
        };
        if (source.Check() is { } problem)
        {
            await Console.Error.WriteLineAsync($"{file}: {problem.Code}: {problem.Message}");
            return ExitCode.Failure;
        }
        var function = JavaScriptFunction.Compile(source, limits, TimeProvider.System);
        var results = new List<(string Event, TestResult Result)>();
        for (var i = 0; i < events.Length; i++)
        {
            switch (FunctionTestRunner.Test(function, eventObjects[i], File.GetLastWriteTimeUtc(file)))
            {
                case TestOutcome.Tested(var result):
                    results.Add((events[i], result));
                    break;
                case TestOutcome.InvalidArgument(var message):
                    await Console.Error.WriteLineAsync($"InvalidArgument: {events[i]}: {message}");
                    return ExitCode.Failure;
            }
        }
        Console.WriteLine(results is [var only] ? only.Result.ToJson() : TestResult.ToJson(results));
        return await JudgeAsync(results, expectations) ? ExitCode.Success : ExitCode.Failure;
    }

    /// <summary>Whether all results are as expected, or succeeded where nothing is expected. Differences go to the error output.</summary>
    private static async Task<bool> JudgeAsync(List<(string Event, TestResult Result)> results, Expectation[] expectations)
    {
        var isGood = true;
        for (var i = 0; i < results.Count; i++)
        {
            var (eventFile, result) = results[i];
            var differences = expectations.Length > 0 ? expectations[i].DifferencesTo(result) : [];
            if (expectations.Length > 0 ? differences.Count == 0 : result.IsSuccess)
                continue;
            isGood = false;
            if (differences.Count > 0)
                await Console.Error.WriteLineAsync($"{eventFile}: not what {expectations[i].File} expects:");
            foreach (var difference in differences)
                await Console.Error.WriteLineAsync($"  {difference}");
            if (result.ErrorDetail is { } detail)
                await Console.Error.WriteLineAsync(detail);
        }
        return isGood;
    }
}
