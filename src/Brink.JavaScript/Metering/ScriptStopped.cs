namespace Brink.JavaScript.Metering;

/// <summary>Why the engine ended a call that did nothing wrong in the language's own terms.</summary>
internal enum StopReason
{
    /// <summary>The compute budget is used up.</summary>
    OverCompute,

    /// <summary>The memory budget is used up.</summary>
    OverMemory,
}

/// <summary>
/// Ends a call at once, past every handler of the script. The only .NET exception the engine throws on purpose: it costs some microseconds,
/// once (decision 0005). Exceptions of the language never travel this way.
/// </summary>
internal sealed class ScriptStopped(StopReason reason) : Exception
{
    public StopReason Reason { get; } = reason;

    public static ScriptStopped OverMemory() => new(StopReason.OverMemory);
}
