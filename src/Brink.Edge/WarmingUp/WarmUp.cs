using System.Net;
using System.Net.Sockets;
using Brink.Distributions;
using Brink.Edge.Cache;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Events;
using Brink.Functions.JavaScript;
using Brink.Http;
using Brink.Policies;

namespace Brink.Edge.WarmingUp;

/// <summary>
/// What an edge does before it listens, so that its first viewers do not wait for the runtime to load, bind and compile what serves them
/// (decision 0013): requests through a second edge, from the socket to the cache, with functions that use most of the engine; and every
/// CloudFront function that is loaded, on events like those of a browser. The second edge has a port on the loopback interface, a cache
/// and a distribution of its own, and no log; it is gone afterwards.
/// </summary>
/// <param name="options">Of the edge; <see cref="EdgeServerOptions.WarmUp"/> is the time it has.</param>
/// <param name="time">The clock.</param>
/// <param name="maxRounds">More rounds than this are of no use: hot methods are recompiled after 60 calls.</param>
internal sealed class WarmUp(EdgeServerOptions options, TimeProvider time, int maxRounds = 400)
{
    private const string Id = "EWARMUP0000000";

    private static readonly CachePolicy Policy = new()
    {
        Id = "warm-up",
        Name = "warm-up",
        MinTtl = TimeSpan.FromSeconds(1),
        DefaultTtl = TimeSpan.FromDays(1),
        MaxTtl = TimeSpan.FromDays(1),
        EnableAcceptEncodingGzip = true,
    };

    private static ReadOnlyMemory<byte> BodyEnd { get; } = "-end-of-the-body-"u8.ToArray();

    /// <summary>Runs for the time of the options at most, or until every part has had its rounds.</summary>
    /// <returns>How many times a loaded function ran.</returns>
    public async Task<int> RunAsync(EdgeSnapshot snapshot, CancellationToken cancellationToken)
    {
        var calls = 0;
        var start = time.GetTimestamp();
        // Longer only when the machine stalls; then viewers wait rather than the start.
        using var limit = new CancellationTokenSource(options.WarmUp * 2, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            snapshot.Prepare();
            var functions = FunctionsOf(snapshot);
            await using var edge = await PrivateEdge.StartAsync(options, time, either.Token);
            for (var round = 0; round < maxRounds && time.GetElapsedTime(start) < options.WarmUp; round++)
            {
                await edge.AskAsync(either.Token);
                foreach (var (function, type) in functions)
                {
                    if (time.GetElapsedTime(start) >= options.WarmUp)
                        break;
                    await function.InvokeAsync(WarmUpEvents.Next(type), either.Token);
                    calls++;
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The time is over.
        }
        return calls;
    }

    /// <summary>
    /// Only functions of Brink's own engine: they reach nothing but what they are given, so running them has no effect outside.
    /// </summary>
    private static List<(JavaScriptFunction Function, EventType Type)> FunctionsOf(EdgeSnapshot snapshot)
    {
        var found = new HashSet<(JavaScriptFunction, EventType)>();
        foreach (var distribution in snapshot.AllDistributions)
        {
            foreach (var behavior in distribution.Behaviors.Append(distribution.DefaultBehavior))
            {
                var triggers = behavior.Triggers;
                if (triggers.ViewerRequest is ViewerTrigger.CloudFrontFunction(JavaScriptFunction { CompileError: null } onRequest))
                    found.Add((onRequest, EventType.ViewerRequest));
                if (triggers.ViewerResponse is ViewerTrigger.CloudFrontFunction(JavaScriptFunction { CompileError: null } onResponse))
                    found.Add((onResponse, EventType.ViewerResponse));
            }
        }
        return [.. found];
    }

    /// <summary>An edge on a free loopback port, and one viewer of it.</summary>
    private sealed class PrivateEdge(EdgeServer server, Socket viewer) : IAsyncDisposable
    {
        private readonly byte[] _received = new byte[16 * 1024];

        public static async Task<PrivateEdge> StartAsync(EdgeServerOptions options, TimeProvider time, CancellationToken cancellationToken)
        {
            var state = new EdgeState();
            state.Swap(Snapshot(time));
            var own = options with
            {
                Addresses = [IPAddress.Loopback],
                HttpPort = 0,
                HttpsPort = null,
                ProxyProtocolPeers = [],
                WarmUp = TimeSpan.Zero,
                CacheFolder = null,
                DrainTime = TimeSpan.FromSeconds(1),
            };
            var server = new EdgeServer(own, state, NoAccessLog.Instance, time);
            var viewer = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await StoreAsync(server.Tiers.Edge, state.Current, cancellationToken);
                await server.StartAsync(cancellationToken);
                await viewer.ConnectAsync(IPAddress.Loopback, server.HttpPort!.Value, cancellationToken);
                return new PrivateEdge(server, viewer);
            }
            catch
            {
                viewer.Dispose();
                await server.DisposeAsync();
                throw;
            }
        }

        /// <summary>One request and its whole response.</summary>
        public async ValueTask AskAsync(CancellationToken cancellationToken)
        {
            await viewer.SendAsync(WarmUpEvents.Request, cancellationToken);
            for (var used = 0; !_received.AsSpan(0, used).EndsWith(BodyEnd.Span);)
            {
                var count = await viewer.ReceiveAsync(_received.AsMemory(used), cancellationToken);
                if (count == 0)
                    throw new InvalidOperationException("the request of the warm-up was not answered as it should be");
                used += count;
            }
        }

        public async ValueTask DisposeAsync()
        {
            viewer.Dispose();
            await server.DisposeAsync();
        }

        private static EdgeSnapshot Snapshot(TimeProvider time)
        {
            var origin = new DirectoryOrigin { Id = "none", Directory = "" };
            var behavior = new CacheBehavior { TargetOriginId = origin.Id, CachePolicy = Policy };
            var distribution = new Distribution
            {
                Id = Id,
                DomainName = "warm-up.cloudfront.net",
                Origins = [origin],
                DefaultCacheBehavior = behavior,
            };
            var triggers = BehaviorTriggers.None
                .With(EventType.ViewerRequest, WarmUpFunctions.ViewerRequest(time))
                .With(EventType.ViewerResponse, WarmUpFunctions.ViewerResponse(time));
            var live = new LiveBehavior(behavior, origin, triggers);
            return new EdgeSnapshot { Distributions = [new LiveDistribution(distribution, live, [])], AnyHostIsTheOnlyDistribution = true };
        }

        /// <summary>Puts the one object into the cache that all requests ask for.</summary>
        private static async Task StoreAsync(EdgeCache cache, EdgeSnapshot snapshot, CancellationToken cancellationToken)
        {
            var distribution = snapshot.Distributions[0];
            var request = new EdgeRequest { Uri = WarmUpFunctions.Uri };
            request.Headers.Add("Accept-Encoding", "gzip");
            var asked = new RegionalRequest
            {
                Request = request,
                Distribution = distribution,
                Behavior = distribution.DefaultBehavior,
                OriginalUri = request.Uri,
                OriginalQueryString = null,
            };
            var key = CacheKey.For(Policy, Id, request);
            var answer = await cache.GetOrFetchAsync(key, asked, static (_, _) => new(Fetched()), cancellationToken);
            answer.Response.Body.LetGo();
        }

        private static FetchResult Fetched() => new(WarmUpEvents.Response(Body()), null);

        private static BytesBody Body()
        {
            var bytes = new byte[1024];
            bytes.AsSpan().Fill((byte)' ');
            BodyEnd.Span.CopyTo(bytes.AsSpan(bytes.Length - BodyEnd.Length));
            return new BytesBody(bytes);
        }
    }
}
