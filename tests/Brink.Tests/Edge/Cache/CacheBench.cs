using System.Collections.Immutable;
using System.IO.Pipelines;
using System.Text;
using Brink.Distributions;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Cache.Storage.Disk;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Policies;

namespace Brink.Tests.Edge.Cache;

/// <summary>A cache with a scripted origin and a clock that stands still.</summary>
internal sealed class CacheBench
{
    private int _fetches;

    public CacheBench(CachePolicy? policy = null, EdgeCacheOptions? options = null)
        : this(new ManualTimeProvider(), disk: null, policy, options)
    {
    }

    public CacheBench(ManualTimeProvider time, DiskStore? disk, CachePolicy? policy = null, EdgeCacheOptions? options = null)
    {
        Time = time;
        Policy = policy ?? ManagedPolicies.FindCachePolicy("CachingOptimized")!;
        Cache = new EdgeCache(options ?? EdgeCacheOptions.Default, time, disk);
        Origin = (_, _) => ValueTask.FromResult(Ok("hello"));
    }

    public ManualTimeProvider Time { get; }

    public EdgeCache Cache { get; }

    public CachePolicy Policy { get; set; }

    public OriginRequestPolicy? OriginRequestPolicy { get; set; }

    public bool CachesOptions { get; set; }

    public bool Compress { get; set; }

    public string? CacheTagHeader { get; set; }

    public bool RecordsSteps { get; set; }

    public ImmutableDictionary<int, TimeSpan> ErrorCachingMinTtl { get; set; } = ImmutableDictionary<int, TimeSpan>.Empty;

    /// <summary>What the origin does; counted by <see cref="Fetches"/>.</summary>
    public Fetch Origin { get; set; }

    public int Fetches => Volatile.Read(ref _fetches);

    /// <summary>What the origin was asked last.</summary>
    public RegionalRequest? LastAsked { get; private set; }

    public RegionalRequest Request(string path = "/", string method = "GET", params (string Name, string Value)[] headers)
    {
        var query = path.IndexOf('?', StringComparison.Ordinal);
        var request = new EdgeRequest
        {
            Method = method,
            Uri = query < 0 ? path : path[..query],
            QueryString = query < 0 ? null : path[(query + 1)..],
        };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        var behavior = new CacheBehavior
        {
            TargetOriginId = "o",
            CachePolicy = Policy,
            OriginRequestPolicy = OriginRequestPolicy,
            CachesOptions = CachesOptions,
            Compress = Compress,
        };
        var origin = new CustomOrigin { Id = "o", DomainName = "origin.test" };
        var distribution = new Distribution
        {
            Id = "E1",
            DomainName = "d1.cloudfront.net",
            Origins = [origin],
            DefaultCacheBehavior = behavior,
            ErrorCachingMinTtl = ErrorCachingMinTtl,
            CacheTagHeader = CacheTagHeader,
        };
        var live = new LiveBehavior(behavior, origin, BehaviorTriggers.None);
        return new RegionalRequest
        {
            Request = request,
            Distribution = new LiveDistribution(distribution, live, []),
            Behavior = live,
            StartedAt = Time.GetUtcNow(),
            OriginalUri = request.Uri,
            OriginalQueryString = request.QueryString,
            Steps = RecordsSteps ? [] : null,
        };
    }

    public ValueTask<CacheAnswer> SendAsync(RegionalRequest request, CancellationToken ct = default) =>
        Cache.GetOrFetchAsync(CacheKey.For(Policy, "E1", request.Request), request, AskAsync, ct);

    public async Task<Reply> GetAsync(string path = "/", string method = "GET", params (string Name, string Value)[] headers) =>
        await ReadAsync(await SendAsync(Request(path, method, headers), TestContext.Current.CancellationToken));

    public static async Task<Reply> ReadAsync(CacheAnswer answer) =>
        new(answer.Response.StatusCode, await ReadBodyAsync(answer.Response.Body), answer);

    public static async Task<string> ReadBodyAsync(MessageBody body)
    {
        var bytes = new MemoryStream();
        switch (body)
        {
            case BytesBody whole:
                bytes.Write(whole.Bytes.Span);
                break;
            case StreamBody stream:
                await using (stream.Stream)
                    await stream.Stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
                break;
            case WritableBody writable:
                var writer = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
                await writable.WriteToAsync(writer, TestContext.Current.CancellationToken);
                await writer.CompleteAsync();
                break;
        }
        return Encoding.Latin1.GetString(bytes.ToArray());
    }

    public static FetchResult Ok(string body, params (string Name, string Value)[] headers) => Status(200, body, headers);

    public static FetchResult Status(int status, string body, params (string Name, string Value)[] headers) =>
        new(Response(status, new BytesBody(Encoding.Latin1.GetBytes(body)), headers), null);

    public static FetchResult Streams(Stream stream, long? length, params (string Name, string Value)[] headers) =>
        new(Response(200, new StreamBody(stream, length), headers), null);

    public static FetchResult Unreachable() =>
        new(Response(502, new BytesBody("no origin"u8.ToArray()), []), OriginFailure.OriginConnectError);

    /// <summary>The same answer, again and again.</summary>
    public void OriginSays(FetchResult template)
    {
        var body = ((BytesBody)template.Response.Body).Bytes;
        Origin = (_, _) => ValueTask.FromResult(new FetchResult(
            new EdgeResponse
            {
                StatusCode = template.Response.StatusCode,
                Headers = template.Response.Headers.Clone(),
                Body = new BytesBody(body),
            },
            template.Failure));
    }

    private ValueTask<FetchResult> AskAsync(RegionalRequest request, CancellationToken ct)
    {
        Interlocked.Increment(ref _fetches);
        LastAsked = request;
        return Origin(request, ct);
    }

    private static EdgeResponse Response(int status, MessageBody body, (string Name, string Value)[] headers)
    {
        var response = new EdgeResponse { StatusCode = status, Body = body };
        foreach (var (name, value) in headers)
            response.Headers.Add(name, value);
        return response;
    }
}

internal sealed record Reply(int Status, string Body, CacheAnswer Answer)
{
    public ResultType ResultType => Answer.ResultType;

    public int? Age => Answer.Age;

    public HeaderList Headers => Answer.Response.Headers;

    public int OriginStatus => Answer.OriginStatus;
}

/// <summary>A body that arrives when the test says so.</summary>
internal sealed class ScriptedStream : Stream
{
    private readonly System.Threading.Channels.Channel<byte[]?> _chunks = System.Threading.Channels.Channel.CreateUnbounded<byte[]?>();
    private byte[] _rest = [];
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Disposed => _disposed.Task;

    /// <summary>The end of the body is not known before this.</summary>
    public Task? MayEnd { get; init; }

    public int BytesRead { get; private set; }

    public ScriptedStream Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    public ScriptedStream Send(byte[] bytes)
    {
        _chunks.Writer.TryWrite(bytes);
        return this;
    }

    public ScriptedStream Finish()
    {
        _chunks.Writer.TryComplete();
        return this;
    }

    public ScriptedStream Break()
    {
        _chunks.Writer.TryComplete(new IOException("reset by peer"));
        return this;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.Length == 0)
        {
            if (!await _chunks.Reader.WaitToReadAsync(cancellationToken))
                return 0;
            _rest = await _chunks.Reader.ReadAsync(cancellationToken) ?? [];
        }
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest.AsSpan(0, count).CopyTo(buffer.Span);
        _rest = _rest[count..];
        BytesRead += count;
        return count;
    }

    public override async ValueTask DisposeAsync()
    {
        if (MayEnd is { } end)
            await end;
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        _disposed.TrySetResult();
        base.Dispose(disposing);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
