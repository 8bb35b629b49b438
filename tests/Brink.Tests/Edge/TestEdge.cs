using System.Collections.Concurrent;
using System.Threading.Channels;
using Brink.Distributions;
using Brink.Edge;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Events;
using Brink.Functions;
using Brink.Http;
using Brink.Lambda;
using Brink.Policies;

namespace Brink.Tests.Edge;

/// <summary>A running edge with one distribution, on free ports.</summary>
internal sealed class TestEdge : IAsyncDisposable
{
    private readonly EdgeServer _server;

    private TestEdge(EdgeServer server, RecordingLog log, EdgeState state)
    {
        _server = server;
        Log = log;
        State = state;
    }

    public RecordingLog Log { get; }

    public EdgeState State { get; }

    public EdgeServer Server => _server;

    public int Port => _server.HttpPort!.Value;

    public int HttpsPort => _server.HttpsPort!.Value;

    public static async Task<TestEdge> StartAsync(
        Origin origin,
        Func<CacheBehavior, CacheBehavior>? behavior = null,
        IEdgeFunction? viewerRequest = null,
        IEdgeFunction? viewerResponse = null,
        Func<EdgeServerOptions, EdgeServerOptions>? options = null,
        Func<Distribution, Distribution>? distribution = null,
        Func<EdgeSnapshot, EdgeSnapshot>? snapshot = null,
        BehaviorTriggers? lambda = null,
        TimeProvider? time = null)
    {
        var state = new EdgeState();
        state.Swap(SnapshotOf(origin, behavior, viewerRequest, viewerResponse, distribution, snapshot, lambda));
        var log = new RecordingLog();
        var serverOptions = EdgeServerOptions.Default with { HttpPort = 0, DrainTime = TimeSpan.FromSeconds(2) };
        var server = new EdgeServer(options?.Invoke(serverOptions) ?? serverOptions, state, log, time ?? TimeProvider.System);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new TestEdge(server, log, state);
    }

    public static EdgeSnapshot SnapshotOf(
        Origin origin,
        Func<CacheBehavior, CacheBehavior>? behavior = null,
        IEdgeFunction? viewerRequest = null,
        IEdgeFunction? viewerResponse = null,
        Func<Distribution, Distribution>? distribution = null,
        Func<EdgeSnapshot, EdgeSnapshot>? snapshot = null,
        BehaviorTriggers? lambda = null)
    {
        var cacheBehavior = new CacheBehavior { TargetOriginId = origin.Id, CachePolicy = CachingDisabled, OriginRequestPolicy = AllViewerExceptHost, AllowedMethods = AllowedMethods.All };
        cacheBehavior = behavior?.Invoke(cacheBehavior) ?? cacheBehavior;
        var configured = new Distribution { Id = "EDFDVBD6EXAMPLE", DomainName = "d111111abcdef8.cloudfront.net", Origins = [origin], DefaultCacheBehavior = cacheBehavior };
        configured = distribution?.Invoke(configured) ?? configured;
        var triggers = (lambda ?? BehaviorTriggers.None).With(EventType.ViewerRequest, viewerRequest).With(EventType.ViewerResponse, viewerResponse);
        var live = new LiveDistribution(configured, new LiveBehavior(cacheBehavior, origin, triggers), []);
        var result = new EdgeSnapshot { Distributions = [live], AnyHostIsTheOnlyDistribution = true };
        return snapshot?.Invoke(result) ?? result;
    }

    public static CachePolicy CachingDisabled { get; } = new()
    {
        Id = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        Name = "Managed-CachingDisabled",
        MinTtl = TimeSpan.Zero,
        DefaultTtl = TimeSpan.Zero,
        MaxTtl = TimeSpan.Zero,
    };

    public static OriginRequestPolicy AllViewerExceptHost { get; } = new()
    {
        Id = "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        Name = "Managed-AllViewerExceptHostHeader",
        Headers = ItemSet.AllExcept("Host"),
        Cookies = ItemSet.All,
        QueryStrings = ItemSet.All,
    };

    public static CustomOrigin To(ScriptedOrigin origin) => ToPort(origin.Port);

    public static CustomOrigin ToPort(int port) => new() { Id = "origin", DomainName = "127.0.0.1", HttpPort = port, ProtocolPolicy = OriginProtocolPolicy.HttpOnly };

    public Task<RawResponse> AskAsync(string request, bool head = false) => RawViewer.AskAsync(Port, request, head);

    public Task<RawResponse> GetAsync(string target) => AskAsync($"GET {target} HTTP/1.1\r\nHost: test\r\n\r\n");

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

/// <summary>Keeps what the edge tells, and lets a test wait for it.</summary>
internal sealed class RecordingLog : IAccessLog
{
    private readonly Channel<AccessLogEntry> _entries = Channel.CreateUnbounded<AccessLogEntry>();
    private readonly Channel<string> _refusals = Channel.CreateUnbounded<string>();
    private readonly ConcurrentQueue<Exception> _faults = new();

    private readonly ConcurrentQueue<AccessLogEntry> _allEntries = new();
    private readonly ConcurrentQueue<string> _allRefusals = new();

    public IReadOnlyCollection<Exception> Faults => _faults;

    /// <summary>Every entry so far, taken with <see cref="NextAsync"/> or not.</summary>
    public IReadOnlyCollection<AccessLogEntry> Entries => _allEntries;

    /// <summary>Every refusal so far.</summary>
    public IReadOnlyCollection<string> Refusals => _allRefusals;

    public bool HasEntry => _entries.Reader.Count > 0;

    public void Write(in AccessLogEntry entry)
    {
        _allEntries.Enqueue(entry);
        _entries.Writer.TryWrite(entry);
    }

    /// <summary>Every warning so far.</summary>
    public ConcurrentQueue<string> Warnings { get; } = new();

    public void Warned(string place, string message) => Warnings.Enqueue($"{place}: {message}");

    public void Refused(string reason)
    {
        _allRefusals.Enqueue(reason);
        _refusals.Writer.TryWrite(reason);
    }

    public void Faulted(string requestId, Exception exception) => _faults.Enqueue(exception);

    public async Task<AccessLogEntry> NextAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _entries.Reader.ReadAsync(timeout.Token);
    }

    public async Task<string> NextRefusalAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await _refusals.Reader.ReadAsync(timeout.Token);
    }
}

/// <summary>A function that does what the test says, and counts.</summary>
internal sealed class ScriptedFunction(Func<TriggerEvent, FunctionOutcome> script) : IEdgeFunction
{
    private int _runs;

    public string Name => "scripted";

    public int Runs => _runs;

    public TriggerEvent? Last { get; private set; }

    public static ScriptedFunction Editing(Action<TriggerEvent> edit) => new(triggerEvent =>
    {
        edit(triggerEvent);
        return FunctionOutcome.Continue.Instance;
    });

    public static ScriptedFunction Responding(int status) => new(_ => new FunctionOutcome.Respond(new EdgeResponse { StatusCode = status }));

    public static ScriptedFunction Failing(FunctionErrorKind kind, string message, string? detail = null) => new(_ => new FunctionOutcome.Fail(new FunctionError(kind, message, detail)));

    public ValueTask<FunctionRun> InvokeAsync(TriggerEvent triggerEvent, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _runs);
        // A copy: the messages themselves go with their exchange.
        Last = new TriggerEvent
        {
            EventType = triggerEvent.EventType,
            Request = triggerEvent.Request.Clone(),
            DistributionDomainName = triggerEvent.DistributionDomainName,
            DistributionId = triggerEvent.DistributionId,
            ShowsCloudFrontHeader = triggerEvent.ShowsCloudFrontHeader,
        };
        return new ValueTask<FunctionRun>(new FunctionRun(script(triggerEvent), 21, []));
    }
}
