using System.CommandLine;
using Brink.Host.CommandLine;
using Brink.Host.Files;
using Brink.Host.Options;
using Brink.JavaScript;

namespace Brink.Host.Commands;

/// <summary><c>brink function</c>: tools for one function.</summary>
internal static class FunctionCommand
{
    public static Command Create() => new("function", "Tools for one function.") { CreateTest(), FunctionCheckCommand.Create() };

    /// <summary>
    /// <c>brink function test</c>: invokes a function on each event, prints AWS's TestResult, and compares it with what is expected.
    /// </summary>
    private static Command CreateTest()
    {
        var file = new Argument<string>("FILE") { Description = "The function's code." };
        var events = new Option<string[]>("--event")
        {
            Description = "The event object, JSON in the form that aws cloudfront test-function takes. May be given several times.",
            HelpName = "FILE", Required = true,
        };
        var expected = new Option<string[]>("--expect")
        {
            Description =
                "What is expected of it: a file with FunctionOutput, or a TestResult in part. As often as --event, in the same "
                + "order, or once with an array.",
            HelpName = "FILE",
        };
        var runtime = RuntimeOption();
        var keyValueStore = KeyValueStoreOption();
        var computeBudget = ComputeBudgetOption.Create();
        var command = new Command(
            "test",
            "Runs a function on events and prints AWS's TestResult; the exit code is 0 only if it succeeded, or did what was expected.")
        {
            file, events, expected, runtime, keyValueStore, computeBudget,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(expected) is { Implicit: false, Tokens.Count: > 1 and var count }
                && result.GetResult(events)?.Tokens.Count is var each && count != each)
                result.AddError($"--expect is given {count} times and --event {each}: each event needs its own");
        });
        command.SetAction((parsed, cancellationToken) =>
        {
            _ = RuntimeNames.TryParse(parsed.GetValue(runtime), out var dialect);      // the validator has checked it
            return FunctionTest.RunAsync(
                parsed.GetValue(file)!, parsed.GetValue(events)!, parsed.GetValue(expected) ?? [], dialect, parsed.GetValue(keyValueStore),
                ComputeBudgetOption.Limits(parsed.GetValue(computeBudget)));
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
                result.AddError(
                    $"--runtime {result.GetValueOrDefault<string>()}: cloudfront-js-1.0 or "
                    + $"cloudfront-js-2.0{DidYouMean.After(result.GetValueOrDefault<string>(), Runtimes)}");
        });
        return OptionValues.WithWords(runtime, () => Runtimes);
    }

    public static Option<string?> KeyValueStoreOption() =>
        new("--kvs")
        {
            Description =
                "A key value store in import-file form, associated with the function; with its id, where the code asks for it by that.",
            HelpName = StoreFiles.StoreValue,
        };
}
