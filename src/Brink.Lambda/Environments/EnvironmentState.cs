namespace Brink.Lambda.Environments;

/// <summary>The states of an <see cref="ExecutionEnvironment"/>.</summary>
internal enum EnvironmentState
{
    /// <summary>No process.</summary>
    Down,
    /// <summary>The code is being loaded.</summary>
    Starting,
    /// <summary>It waits for an event.</summary>
    Ready,
    /// <summary>An invocation runs.</summary>
    Busy,
    /// <summary>It has answered, and has not asked for the next event yet.</summary>
    Answered,
}

/// <summary>What the Runtime API calls the states.</summary>
internal static class EnvironmentStateNames
{
    public static string ToRuntimeApiName(this EnvironmentState state) => state switch
    {
        EnvironmentState.Starting => "Started",
        EnvironmentState.Busy => "Running",
        EnvironmentState.Answered => "RuntimeResponseSentState",
        _ => state.ToString(),
    };
}
