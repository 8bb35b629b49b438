using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Events;
using Brink.Http;
using Brink.Lambda;
using Brink.Lambda.Events;
using Brink.Lambda.Results;

namespace Brink.Edge.Triggers;

/// <summary>Bodies on their way into Lambda@Edge functions and out of them.</summary>
internal static class LambdaBodies
{
    /// <summary>
    /// The part of the request's body that the function sees. What has been read for it is sent on before the rest.
    /// </summary>
    /// <returns>The part, null where the function sees none; and why the body broke off, null where it did not.</returns>
    public static async ValueTask<(ExposedBody? Body, string? Broken)> ExposeAsync(
        LambdaTrigger trigger, EventType type, RequestBody body, CancellationToken cancellationToken)
    {
        if (!trigger.IncludeBody)
            return default;
        if (body.IsEmpty)
            return (new ExposedBody(default, false), null);
        var quotas = trigger.Function.Quotas.For(type);
        try
        {
            var head = await BodyHead.ReadAsync(body.Stream, quotas.ExposedBodyBytes + 1, cancellationToken);
            body.Replace(head.WithRest());
            return (ExposedBody.Of(head.Bytes, quotas), null);
        }
        catch (IOException exception)
        {
            return (null, $"the body of the request broke off: {exception.Message}");
        }
    }

    /// <summary>Applies what the function returned for a request.</summary>
    /// <returns>Why it cannot be applied; null where it was.</returns>
    public static LambdaFailure? Apply(RequestDifference difference, EdgeRequest request, RequestBody body)
    {
        if (difference.Body is { Bytes.IsEmpty: false } && request.Method is ("GET" or "HEAD"))
            return OutOfPlace(request);
        difference.ApplyTo(request);
        if (difference.Body is { } replacement)
            body.Replace(replacement.Bytes.IsEmpty ? Stream.Null : BodyHead.Whole(replacement.Bytes));
        return null;
    }

    /// <summary>Applies what the function returned for a response.</summary>
    public static void Apply(ResponseDifference difference, EdgeResponse response)
    {
        var before = response.Body;
        difference.ApplyTo(response);
        // A body that the function put aside still holds a connection or a part of the cache.
        if (!ReferenceEquals(before, response.Body))
            before.LetGo();
    }

    private static LambdaFailure OutOfPlace(EdgeRequest request) => new(
        LambdaErrorKind.Validation,
        "The Lambda function result failed validation: The request cannot have a body.",
        $"request.body replaces the body of a {request.Method}, which has none. Leave action as read-only, or answer with a response.");
}
