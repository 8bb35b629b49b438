namespace Brink.Functions;

/// <summary>A published CloudFront Function, ready to run. Compiled once, it serves every request, on any thread.</summary>
public interface IEdgeFunction
{
    /// <summary>The function's name.</summary>
    string Name { get; }

    /// <summary>
    /// Runs the function on one event. It edits the event's request or response in place and says what comes next. A function that fails is
    /// an outcome, never an exception; then the request and response are as they were. The messages belong to the exchange, a response that
    /// the function makes too: they are emptied when it ends and must not be kept.
    /// </summary>
    ValueTask<FunctionRun> InvokeAsync(TriggerEvent triggerEvent, CancellationToken cancellationToken);
}
