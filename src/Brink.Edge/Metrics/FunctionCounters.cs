namespace Brink.Edge.Metrics;

/// <summary>What functions of one kind do.</summary>
/// <param name="all">Where the counters are listed.</param>
/// <param name="kind">The kind.</param>
internal sealed class FunctionCounters(EdgeCounters all, string kind)
{
    /// <summary>Calls.</summary>
    public Counter Calls { get; } = all.Add("brink_function_calls_total", "Calls of functions.", ("kind", kind));

    /// <summary>Calls that failed, throttled ones among them.</summary>
    public Counter Errors { get; } = all.Add("brink_function_errors_total", "Calls of functions that failed.", ("kind", kind));

    /// <summary>Calls that were over a limit: of compute for CloudFront Functions, of concurrency for Lambda@Edge.</summary>
    public Counter Throttles { get; } = all.Add("brink_function_throttles_total", "Calls of functions over a limit.", ("kind", kind));
}
