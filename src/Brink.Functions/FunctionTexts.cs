namespace Brink.Functions;

/// <summary>The sentences of errors.</summary>
internal static class FunctionTexts
{
    /// <summary>AWS's own; the error follows (functions spec 9.3).</summary>
    public const string CouldNotRun = "The CloudFront function associated with the CloudFront distribution is invalid or could not run. ";

    /// <summary>AWS's own, of an invalid result; what is wrong with it follows (functions spec 4.3).</summary>
    public const string InvalidValue = "The CloudFront function returned an invalid value: ";

    /// <summary>A message without the sentence that it begins with; the same object where it begins with neither.</summary>
    public static string CauseOf(string message) =>
        message.StartsWith(InvalidValue, StringComparison.Ordinal) ? message[InvalidValue.Length..]
        : message.StartsWith(CouldNotRun, StringComparison.Ordinal) ? message[CouldNotRun.Length..]
        : message;

    /// <summary>AWS publishes no text for these two; ours.</summary>
    public const string OverCompute = "Error: The function exceeded its compute budget (compute utilization 100).";

    public const string OverMemory = "MemoryError: The function exceeded its memory limit of 2 MB.";

    /// <summary>Said of the place where the function was when it was stopped; only a developer sees it.</summary>
    public const string StoppedOverCompute = "stopped here: the compute budget was used up";

    public const string StoppedOverMemory = "stopped here: the memory limit of 2 MB was reached";

    /// <summary>Before an exception of ours, in the detail that only a developer sees.</summary>
    public const string EngineFault = "A fault of Brink, not of the function: please report it.";
}
