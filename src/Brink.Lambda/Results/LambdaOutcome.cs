using Brink.Http;

namespace Brink.Lambda.Results;

/// <summary>What a result means for the request (lambda-edge spec 2.1). Nothing has been changed yet.</summary>
public abstract record LambdaOutcome
{
    private LambdaOutcome() { }

    /// <summary>A request function lets the request go on, after the difference has been applied to it.</summary>
    /// <param name="Difference">What to change.</param>
    public sealed record ContinueRequest(RequestDifference Difference) : LambdaOutcome
    {
        /// <summary>The request goes on as it is.</summary>
        public static ContinueRequest Unchanged { get; } = new(RequestDifference.None);
    }

    /// <summary>A response function lets the response go on, after the difference has been applied to it.</summary>
    /// <param name="Difference">What to change.</param>
    public sealed record ContinueResponse(ResponseDifference Difference) : LambdaOutcome
    {
        /// <summary>The response goes on as it is.</summary>
        public static ContinueResponse Unchanged { get; } = new(ResponseDifference.None);
    }

    /// <summary>A request function answered by itself.</summary>
    /// <param name="Response">The answer. From viewer-request it is never cached, from origin-request as its own headers say.</param>
    public sealed record Respond(EdgeResponse Response) : LambdaOutcome;

    /// <summary>The result is not valid: 502, <c>LambdaValidationError</c>.</summary>
    /// <param name="Error">What is wrong with it.</param>
    public sealed record Fail(LambdaValidationError Error) : LambdaOutcome;
}

/// <summary>Why a result is not valid.</summary>
/// <param name="Message">In the manner of AWS: what the error page says.</param>
/// <param name="Detail">For the developer: the path in the result, the rule, the fix.</param>
public sealed record LambdaValidationError(string Message, string Detail);
