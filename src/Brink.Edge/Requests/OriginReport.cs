using Brink.Lambda;

namespace Brink.Edge.Requests;

/// <summary>What is known of the origin beside its answer: for the access log and the developer.</summary>
internal sealed class OriginReport
{
    private List<LambdaRun>? _lambdaRuns;

    /// <summary>The origin whose answer it is, or whose failure; null if none was asked.</summary>
    public string? OriginId { get; set; }

    /// <summary>What asked it. Default the edge location.</summary>
    public CacheLayer AskedBy { get; set; }

    /// <summary>The times of the origin that was asked last; null if none was, because a function answered in its place.</summary>
    public UpstreamTimes? Asked { get; set; }

    /// <summary>Why the first origin of a group was left for the second; null if it was not.</summary>
    public string? FailoverReason { get; set; }

    /// <summary>A remark on an answer that the viewer gets as it is: why a bucket refused. Null for nothing.</summary>
    public string? Note { get; set; }

    /// <summary>Why an error page takes the answer's place, in words for the developer; null where none does.</summary>
    public string? ErrorDetail { get; set; }

    /// <summary>The more exact word for the log, where there was no answer: OriginConnectError and so on (spec 2.14).</summary>
    public OriginFailure? Failure { get; set; }

    /// <summary>What Lambda@Edge functions on origin events did, in order.</summary>
    public IReadOnlyList<LambdaRun> LambdaRuns => _lambdaRuns ?? (IReadOnlyList<LambdaRun>)[];

    /// <summary>Notes what a function did.</summary>
    public void Add(LambdaRun run) => (_lambdaRuns ??= []).Add(run);
}
