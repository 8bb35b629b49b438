using Brink.Events;
using Brink.Lambda.Environments;
using Brink.Lambda.Events;
using Brink.Lambda.Pool;
using Brink.Lambda.Results;
using Brink.Lambda.Versions;
using Brink.Quotas;

namespace Brink.Lambda;

/// <summary>A version at the edge: the event as JSON, an environment of the pool, the result read and judged.</summary>
public sealed class LambdaEdgeFunction : ILambdaEdgeFunction
{
    private readonly LambdaPool _pool;
    private readonly LambdaQuotas _quotas;
    private int _running;
    private volatile bool _retired;

    /// <summary>A version that runs in this pool, under these quotas.</summary>
    public LambdaEdgeFunction(FunctionVersion version, LambdaPool pool, LambdaQuotas quotas) =>
        (Version, _pool, _quotas) = (version, pool, quotas);

    /// <summary>The version.</summary>
    public FunctionVersion Version { get; }

    /// <summary>Where the author has the code; errors name files there. Null where that is not known.</summary>
    public string? SourceFolder { get; init; }

    /// <inheritdoc/>
    public string Name => Version.ToString();

    /// <inheritdoc/>
    public LambdaQuotas Quotas => _quotas;

    /// <inheritdoc/>
    public async ValueTask<LambdaRun> InvokeAsync(LambdaEvent @event, Region region, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _running);
        try
        {
            // Not given back to its pool of buffers when the caller gives up: the invocation may be reading it still.
            var payload = EventWriter.Write(@event);
            var limits = new InvocationLimits
            {
                LongestTimeout = _quotas.For(@event.EventType).Timeout,
                EdgeRequestId = @event.Request.RequestId,
            };
            var invocation = await _pool.InvokeAsync(Version, region, payload.Json, limits, cancellationToken);
            payload.Dispose();
            return Read(@event, invocation);
        }
        finally
        {
            // The viewer does not wait for processes to end.
            if (Interlocked.Decrement(ref _running) == 0 && _retired)
                _ = _pool.RetireAsync(Version);
        }
    }

    /// <summary>
    /// Another version has taken its place. Requests that began with this one still run it, in an environment that is there or in a new
    /// one; when the last of them is done, no environment is left.
    /// </summary>
    public Task RetireAsync()
    {
        _retired = true;
        return _pool.RetireAsync(Version);
    }

    private LambdaRun Read(LambdaEvent @event, Invocation invocation)
    {
        var (outcome, failure) = invocation.Outcome switch
        {
            InvocationOutcome.Result(var json) => Judge(@event, json),
            InvocationOutcome.TimedOut { ByPlatform: true } late => Failed(
                LambdaErrorKind.LimitExceeded, $"{late.ErrorMessage}: {TimeAllowed(@event.EventType)}"),
            InvocationOutcome.FunctionError error => Failed(error, error.Trace),
            InvocationOutcome.InitFailed error => Failed(error, error.Trace),
            InvocationOutcome.Failure error => Failed(error, null),
            InvocationOutcome.Throttled(var reason) => Failed(LambdaErrorKind.LimitExceeded, reason),
            InvocationOutcome.NotStarted(var reason) => Failed(LambdaErrorKind.Execution, reason),
            var other => throw new InvalidOperationException($"an invocation ended in {other.GetType().Name}, which has no meaning here"),
        };
        return new LambdaRun
        {
            EventType = @event.EventType,
            Function = Name,
            Outcome = outcome,
            Failure = failure,
            RequestId = invocation.RequestId,
            Duration = invocation.Duration,
            InitDuration = invocation.InitDuration,
            LogLines = invocation.LogLines,
        };
    }

    private string TimeAllowed(EventType type) =>
        $"{type.ToName()} has {_quotas.For(type).Timeout.TotalSeconds} s in the {_quotas.Name} quotas";

    private (LambdaOutcome?, LambdaFailure?) Judge(LambdaEvent @event, ReadOnlyMemory<byte> json)
    {
        var outcome = ResultReader.Read(@event, json, _quotas);
        return outcome is LambdaOutcome.Fail(var error)
            ? (null, new LambdaFailure(LambdaErrorKind.Validation, error.Message, error.Detail))
            : (outcome, null);
    }

    /// <summary>A text of the runtime, with the author's folder in place of the one that the process saw.</summary>
    internal string WithSourceFolder(string text) => SourceFolder is null
        ? text
        : text.Replace(Version.CodeFolder, SourceFolder, StringComparison.Ordinal)
            .Replace("/var/task", SourceFolder, StringComparison.Ordinal);

    private (LambdaOutcome?, LambdaFailure?) Failed(InvocationOutcome.Failure error, IReadOnlyList<string>? trace)
    {
        var message = $"{error.ErrorType}: {error.ErrorMessage}";
        // Node.js repeats the message at the head of the stack.
        var lines = trace?.SkipWhile(line => line == message).ToArray();
        return Failed(LambdaErrorKind.Execution, message, lines is { Length: > 0 } ? string.Join('\n', lines) : null);
    }

    private (LambdaOutcome?, LambdaFailure?) Failed(LambdaErrorKind kind, string message, string? detail = null) =>
        (null, new LambdaFailure(kind, WithSourceFolder(message), detail is null ? null : WithSourceFolder(detail)));
}
