using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Brink.Edge.Configuration;
using Brink.Events;
using Brink.Lambda;
using Brink.Lambda.Events;
using Brink.Lambda.Results;
using Brink.Lambda.Versions;
using Brink.Quotas;

namespace Brink.Tests.Edge;

/// <summary>A Lambda@Edge function without a process: the script gets <c>Records[0].cf</c> of the real event, and what it returns is read as a real result is.</summary>
internal sealed class ScriptedLambda(Func<JsonNode, JsonNode?> script) : ILambdaEdgeFunction
{
    private readonly ConcurrentQueue<JsonNode> _events = new();

    public string Name => "scripted:1";

    public LambdaQuotas Quotas { get; init; } = LambdaQuotas.Classic;

    /// <summary>What it was asked, each <c>cf</c>.</summary>
    public IReadOnlyList<JsonNode> Events => [.. _events];

    public int Runs => _events.Count;

    public static implicit operator LambdaTrigger(ScriptedLambda function) => new(function);

    public static implicit operator ViewerTrigger(ScriptedLambda function) => new ViewerTrigger.LambdaEdge(function);

    /// <summary>Lets the request or the response go on, after an edit.</summary>
    public static ScriptedLambda Passing(Action<JsonNode>? edit = null) => new(cf =>
    {
        var message = cf["response"] ?? cf["request"]!;
        edit?.Invoke(message);
        return message;
    });

    public static ScriptedLambda Answering(int status, string body = "generated", string? cacheControl = null) => new(_ =>
    {
        var headers = new JsonObject();
        if (cacheControl is not null)
            headers["cache-control"] = new JsonArray(new JsonObject { ["value"] = cacheControl });
        return new JsonObject { ["status"] = status.ToString(System.Globalization.CultureInfo.InvariantCulture), ["headers"] = headers, ["body"] = body };
    });

    public static ScriptedLambda Failing(LambdaErrorKind kind) => new(_ => throw new ScriptFailure(kind));

    public ValueTask<LambdaRun> InvokeAsync(LambdaEvent @event, Region region, CancellationToken cancellationToken)
    {
        using var payload = EventWriter.Write(@event);
        var cf = JsonNode.Parse(payload.Json.Span)!["Records"]![0]!["cf"]!;
        _events.Enqueue(cf.DeepClone());
        LambdaOutcome? outcome = null;
        LambdaFailure? failure = null;
        try
        {
            var json = script(cf)?.ToJsonString() ?? "null";
            outcome = ResultReader.Read(@event, Encoding.UTF8.GetBytes(json), Quotas);
            if (outcome is LambdaOutcome.Fail(var error))
                (outcome, failure) = (null, new LambdaFailure(LambdaErrorKind.Validation, error.Message, error.Detail));
        }
        catch (ScriptFailure broken)
        {
            failure = new LambdaFailure(broken.Kind, "Error: the script said so", "at handler (index.js:1:1)");
        }
        return new ValueTask<LambdaRun>(new LambdaRun { EventType = @event.EventType, Function = Name, Outcome = outcome, Failure = failure, RequestId = region.Name });
    }

    private sealed class ScriptFailure(LambdaErrorKind kind) : Exception
    {
        public LambdaErrorKind Kind { get; } = kind;
    }
}
