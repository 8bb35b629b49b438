namespace Brink.Edge.Logs;

/// <summary>How a request ended, in the words of the access log and of <c>X-Cache</c> (distribution spec 1.2, 2.14).</summary>
public enum ResultType
{
    /// <summary>Served from the cache.</summary>
    Hit,
    /// <summary>Was stale; the origin said 304.</summary>
    RefreshHit,
    /// <summary>Served from the origin.</summary>
    Miss,
    /// <summary>An error, of the origin or of the edge.</summary>
    Error,
    /// <summary>HTTP to HTTPS.</summary>
    Redirect,
    /// <summary>Over a limit.</summary>
    LimitExceeded,
    /// <summary>A CloudFront function on viewer-request answered.</summary>
    FunctionGeneratedResponse,
    /// <summary>A CloudFront function threw, did not compile, or ran over its budget.</summary>
    FunctionExecutionError,
    /// <summary>A CloudFront function returned something invalid.</summary>
    FunctionValidationError,
    /// <summary>A Lambda@Edge function answered, on viewer-request or on origin-request.</summary>
    LambdaGeneratedResponse,
    /// <summary>A Lambda@Edge function threw, exited, did not load, or took longer than its own timeout.</summary>
    LambdaExecutionError,
    /// <summary>A Lambda@Edge function returned something invalid.</summary>
    LambdaValidationError,
    /// <summary>A Lambda@Edge function was over a limit of the platform.</summary>
    LambdaLimitExceeded,
}
