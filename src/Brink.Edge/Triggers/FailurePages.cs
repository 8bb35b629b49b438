using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Functions;
using Brink.Http;
using Brink.Lambda;

namespace Brink.Edge.Triggers;

/// <summary>
/// What a viewer gets when a function fails: the one table from failure to page (functions spec 4.4, lambda-edge spec 2.6).
/// </summary>
internal static class FailurePages
{
    /// <summary>The log's result type, and the page, for a CloudFront function.</summary>
    public static (ResultType Type, EdgeResponse Page) For(FunctionError error, string requestId) => error.Kind switch
    {
        FunctionErrorKind.Validation => (ResultType.FunctionValidationError, ErrorPages.Create(502, ErrorPages.FunctionInvalid, requestId)),
        FunctionErrorKind.OriginRewrite => (
            ResultType.FunctionValidationError, ErrorPages.Create(502, ErrorPages.OriginRewriteInvalid, requestId)),
        _ => (ResultType.FunctionExecutionError, ErrorPages.Create(503, ErrorPages.FunctionFailed, requestId)),
    };

    /// <summary>The same for a Lambda@Edge function.</summary>
    public static (ResultType Type, EdgeResponse Page) For(LambdaFailure failure, string requestId) => failure.Kind switch
    {
        // Every viewer sees the broken rule, in CloudFront's words, as at AWS. Only the developer sees where it is broken.
        LambdaErrorKind.Validation => (ResultType.LambdaValidationError, ErrorPages.Create(502, failure.Message, requestId)),
        LambdaErrorKind.LimitExceeded => (ResultType.LambdaLimitExceeded, ErrorPages.Create(503, ErrorPages.LambdaLimited, requestId)),
        _ => (ResultType.LambdaExecutionError, ErrorPages.Create(503, ErrorPages.LambdaFailed, requestId)),
    };
}
