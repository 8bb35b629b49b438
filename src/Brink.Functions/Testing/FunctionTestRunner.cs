using System.Globalization;
using Brink.Events;
using Brink.Functions.JavaScript;
using Brink.JavaScript;

namespace Brink.Functions.Testing;

/// <summary>TestFunction (functions spec 9.3): one run of a function on an event object, on the same path as the edge's runs.</summary>
public static class FunctionTestRunner
{
    /// <summary>Where no AWS account is: the account of ARNs.</summary>
    private const string LocalAccount = "000000000000";

    /// <summary>Runs the function on the event.</summary>
    /// <param name="function">The function.</param>
    /// <param name="eventObject">The event in TestFunction's own form, UTF-8 JSON.</param>
    /// <param name="lastModified">When the function's file was last written, for the summary.</param>
    public static TestOutcome Test(JavaScriptFunction function, ReadOnlyMemory<byte> eventObject, DateTimeOffset lastModified)
    {
        if (TestEvent.Read(eventObject, out var problem) is not { } triggerEvent)
            return new TestOutcome.InvalidArgument(problem!);

        FunctionOutput.Facts? facts = null;
        var run = function.Run(triggerEvent, edit => facts = FunctionOutput.Facts.Of(edit, triggerEvent));
        var error = (run.Outcome as FunctionOutcome.Fail)?.Error;
        var response = run.Outcome is FunctionOutcome.Respond respond ? respond.Response : triggerEvent.Response;
        return new TestOutcome.Tested(new TestResult(
            SummaryOf(function, lastModified),
            run.ComputeUtilization.ToString(CultureInfo.InvariantCulture),
            run.Logs,
            error?.Message ?? "",
            error is null ? FunctionOutput.Write(facts!, triggerEvent, response) : "")
        {
            ErrorPlace = error?.Place,
            ErrorDetail = error?.Fault is { } fault ? $"{error.Detail}\n{fault}" : error?.Detail,
        });
    }

    private static FunctionSummary SummaryOf(JavaScriptFunction function, DateTimeOffset lastModified) => new(
        function.Name,
        "UNPUBLISHED",
        new FunctionConfig("", function.Runtime.ToName()),
        new FunctionMetadata($"arn:aws:cloudfront::{LocalAccount}:function/{function.Name}", "DEVELOPMENT", lastModified, lastModified));
}

/// <summary>What came of a test.</summary>
public abstract record TestOutcome
{
    private TestOutcome() { }

    /// <summary>The function ran, well or not.</summary>
    public sealed record Tested(TestResult Result) : TestOutcome;

    /// <summary>The event is not one: the function did not run.</summary>
    /// <param name="Message">One sentence.</param>
    public sealed record InvalidArgument(string Message) : TestOutcome;
}
