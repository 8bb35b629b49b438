namespace Brink.JavaScript;

/// <summary>How a call ended.</summary>
public enum CallStatus
{
    /// <summary><c>handler</c> returned (or its promise was fulfilled): there is a value.</summary>
    Returned,
    /// <summary>Something was thrown and not caught, a promise was rejected, or there is no handler: there is an error.</summary>
    Threw,
    /// <summary>The compute budget was used up.</summary>
    OverCompute,
    /// <summary>The memory budget was used up.</summary>
    OverMemory,
}
