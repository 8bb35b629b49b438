using System.Collections.Immutable;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Brink.Distributions;
using Brink.Edge.Cache;
using Brink.Edge.Cache.Storage;
using Brink.Edge.Configuration;
using Brink.Edge.Logs;
using Brink.Edge.Messages;
using Brink.Edge.Requests;
using Brink.Http;
using Brink.Policies;

namespace Brink.Tests.Edge.Cache.Model;

/// <summary>A mistake that is made on purpose around the real cache, to see that the comparison finds it.</summary>
internal enum Fault
{
    None,
    MaxAgeIsLonger,
    MinTtlIsLonger,
    MaxTtlIsLonger,
    ErrorsAreKeptLonger,
    AgeIsNotToldToTheCache,
    SliceOfAnotherVersion,
    SliceHasAWrongByte,
    InvalidationMissesTheRegion,
    WildcardIsExact,
    InvalidationIgnoresWhatIsUnderWay,
}

/// <summary>The caches of Brink, as one edge and its region see them, asked and answered in the words of the model.</summary>
internal sealed class RealCache
{
    private readonly CacheTiers _tiers;
    private readonly ManualTimeProvider _time = new();
    private readonly long _start;
    private readonly Func<Question, Reply> _origin;
    private readonly Fault _fault;
    private readonly ImmutableDictionary<string, LiveDistribution> _distributions;

    /// <param name="tiers">1 or 2.</param>
    /// <param name="memory">Bytes of all of them.</param>
    /// <param name="origin">What the last of them asks.</param>
    /// <param name="fault">What is wrong on purpose.</param>
    public RealCache(int tiers, long memory, Func<Question, Reply> origin, Fault fault)
    {
        (_origin, _fault) = (origin, fault);
        _tiers = new CacheTiers(EdgeCacheOptions.Default with { MemoryBudget = memory }, tiers, _time);
        _start = _time.GetUtcNow().ToUnixTimeMilliseconds();
        _distributions = ReferencePolicy.All.ToImmutableDictionary(policy => policy.Name, Distribution);
    }

    /// <summary>The questions of the request that was answered last: those of the edge to the region, and those to the origin.</summary>
    public List<(string Of, Question Question)> Asked { get; } = [];

    /// <summary>Milliseconds since 1970.</summary>
    public long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    public void Wait(long milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    public void Invalidate(Invalidation rule)
    {
        var path = _fault == Fault.WildcardIsExact && rule.Path.Length > 2 ? rule.Path.TrimEnd('*') : rule.Path;
        if (_fault == Fault.InvalidationMissesTheRegion)
            _tiers.Edge.Invalidate(new InvalidationRule("E1", path));
        else
            _tiers.Invalidate(new InvalidationRule("E1", path));
    }

    /// <summary>Asks, and reads the answer to its end.</summary>
    public Delivered Answer(Question question, Action? meanwhile)
    {
        Asked.Clear();
        return new OneThread().Run(() => AnswerAsync(question, meanwhile), IsAtRest);
    }

    private async Task<Delivered> AnswerAsync(Question question, Action? meanwhile)
    {
        var request = RequestOf(question);
        var fetches = new Fetches(this, _fault == Fault.InvalidationIgnoresWhatIsUnderWay ? null : meanwhile);
        var answer = await _tiers.Edge.GetOrFetchAsync(CacheKey.For(request), request, fetches.OfEdge, CancellationToken.None);
        return await ReadAsync(answer, question);
    }

    private bool IsAtRest() => _tiers.Edge.FetchesUnderWay == 0 && _tiers.Region is null or { FetchesUnderWay: 0 };

    private LiveDistribution Distribution(ReferencePolicy policy)
    {
        long? more = policy.IsDisabled ? null : 30_000;
        var cachePolicy = new CachePolicy
        {
            Id = policy.Name,
            Name = policy.Name,
            MinTtl = TimeSpan.FromMilliseconds(policy.Min + (_fault == Fault.MinTtlIsLonger && policy.Min > 0 ? 1_000 : 0)),
            DefaultTtl = TimeSpan.FromMilliseconds(policy.Default),
            MaxTtl = TimeSpan.FromMilliseconds(policy.Max + (_fault == Fault.MaxTtlIsLonger ? more ?? 0 : 0)),
            QueryStrings = policy.HasQueryInKey ? ItemSet.All : ItemSet.None,
            Headers = policy.HasKindInKey ? ItemSet.Whitelist("X-Kind") : ItemSet.None,
            Cookies = policy.SendsCookies ? ItemSet.All : ItemSet.None,
        };
        var behavior = new CacheBehavior { TargetOriginId = "o", CachePolicy = cachePolicy, CachesOptions = policy.CachesOptions };
        var origin = new CustomOrigin { Id = "o", DomainName = "origin.test" };
        var distribution = new Distribution
        {
            Id = "E1",
            DomainName = "d1.cloudfront.net",
            Origins = [origin],
            DefaultCacheBehavior = behavior,
            ErrorCachingMinTtl = ReferencePolicy.ErrorTtls.ToImmutableDictionary(
                each => each.Key,
                each => TimeSpan.FromMilliseconds(each.Value + (_fault == Fault.ErrorsAreKeptLonger ? 2_000 : 0))),
        };
        return new LiveDistribution(distribution, new LiveBehavior(behavior, origin, BehaviorTriggers.None), []);
    }

    private RegionalRequest RequestOf(Question question)
    {
        var request = new EdgeRequest { Method = question.Method, Uri = question.Path, QueryString = question.Query };
        Add("X-Kind", question.Kind);
        Add("Cookie", question.Cookie is null ? null : "c=" + question.Cookie);
        Add("If-None-Match", question.IfNoneMatch);
        Add("If-Modified-Since", DateText(question.IfModifiedSince));
        Add("Range", question.Range);
        Add("If-Range", question.IfRangeTag ?? DateText(question.IfRangeDate));
        var distribution = _distributions[question.Path.Split('/')[1]];
        return new RegionalRequest
        {
            Request = request,
            Distribution = distribution,
            Behavior = distribution.BehaviorFor(question.Path),
            StartedAt = _time.GetUtcNow(),
            OriginalUri = question.ViewerPath,
            OriginalQueryString = question.Query,
        };

        void Add(string name, string? value)
        {
            if (value is not null)
                request.Headers.Add(name, value);
        }
    }

    private static Question QuestionOf(RegionalRequest asked)
    {
        var headers = asked.Request.Headers;
        var ifRange = headers.Get("if-range");
        var isDate = ifRange?.EndsWith("GMT", StringComparison.Ordinal) == true;
        var hasCopy = asked.Revalidation is not null; // then the viewer's conditions go no further (OriginRequestHeaders)
        return new Question(asked.Request.Uri)
        {
            Method = asked.Request.Method,
            Query = asked.Request.QueryString,
            ViewerPath = asked.OriginalUri,
            Kind = headers.Get("x-kind"),
            Cookie = headers.Get("cookie")?[2..],
            IfNoneMatch = hasCopy ? null : headers.Get("if-none-match"),
            IfModifiedSince = hasCopy ? null : Seconds(headers.Get("if-modified-since")),
            Range = headers.Get("range"),
            IfRangeTag = isDate ? null : ifRange,
            IfRangeDate = isDate ? Seconds(ifRange) : null,
            Copy = asked.Revalidation is { } copy ? new Validators(copy.ETag, Seconds(copy.LastModified)) : null,
        };
    }

    private FetchResult ResultOf(Reply reply, Question question)
    {
        var response = new EdgeResponse { StatusCode = reply.Status };
        var isSlice = question.Range is not null && (question.IfRangeTag ?? (object?)question.IfRangeDate) is not null;
        Add("ETag", _fault == Fault.SliceOfAnotherVersion && isSlice ? question.IfRangeTag ?? reply.ETag : reply.ETag);
        Add("Last-Modified", DateText(reply.LastModified));
        Add("Cache-Control", _fault == Fault.MaxAgeIsLonger ? reply.CacheControl?.Replace("max-age=5", "max-age=6", StringComparison.Ordinal) : reply.CacheControl);
        Add("Expires", DateText(reply.Expires / 1000));
        Add("Date", DateText(reply.Date / 1000));
        Add("Age", _fault == Fault.AgeIsNotToldToTheCache ? null : reply.Age?.ToString(CultureInfo.InvariantCulture));
        Add("Vary", reply.VariesOnEverything ? "*" : null);
        if (reply.Status == 416)
        {
            Add("Content-Range", $"bytes */{reply.Bytes.Length}");
        }
        else if (reply.Status != 304)
        {
            var (from, to) = reply.Parts is [var part] ? part : (0, reply.Bytes.Length);
            if (reply.Status == 206)
                Add("Content-Range", $"bytes {from}-{to - 1}/{reply.Bytes.Length}");
            var bytes = reply.Bytes.AsMemory((int)from, (int)(to - from));
            if (_fault == Fault.SliceHasAWrongByte && reply.Status == 206 && to - from > 5)
            {
                var wrong = bytes.ToArray();
                wrong[5] ^= 1;
                bytes = wrong;
            }
            response.Body = reply.Streams
                ? new StreamBody(new MemoryStream(bytes.ToArray(), writable: false), reply.HasLength ? bytes.Length : null)
                : new BytesBody(bytes);
        }
        return new FetchResult(response, reply.IsUnreachable ? OriginFailure.OriginConnectError : null);

        void Add(string name, string? value)
        {
            if (value is not null)
                response.Headers.Add(name, value);
        }
    }

    private static async Task<Delivered> ReadAsync(CacheAnswer answer, Question question)
    {
        var headers = answer.Response.Headers;
        var lengthOfHead = question.Method == "HEAD" && answer.Response.StatusCode != 304 ? answer.Response.Body.Length : null;
        var bytes = new MemoryStream();
        var brokeOff = false;
        try
        {
            switch (answer.Response.Body)
            {
                case BytesBody whole:
                    bytes.Write(whole.Bytes.Span);
                    break;
                case StreamBody stream:
                    await using (stream.Stream)
                        await stream.Stream.CopyToAsync(bytes);
                    break;
                case WritableBody writable:
                    var writer = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
                    await writable.WriteToAsync(writer, CancellationToken.None);
                    await writer.CompleteAsync();
                    break;
            }
        }
        catch (IOException)
        {
            brokeOff = true;
        }
        var (body, range) = (bytes.ToArray(), headers.Get("content-range") ?? "");
        if (answer.Response.StatusCode == 206 && headers.Get("content-type") is { } type && type.StartsWith("multipart/", StringComparison.Ordinal))
            (body, range) = Multipart.Read(body, type, brokeOff);
        return new Delivered(
            answer.Response.StatusCode,
            answer.ResultType.ToString(),
            answer.Age ?? (headers.Get("age") is { } age ? long.Parse(age, CultureInfo.InvariantCulture) : (long?)null),
            headers.Get("etag"),
            headers.Get("cache-control"))
        {
            Body = body,
            ContentRange = range,
            LengthOfHead = lengthOfHead,
            BrokeOff = brokeOff,
        };
    }

    private static string? DateText(long? seconds) =>
        seconds is { } given ? DateTimeOffset.FromUnixTimeSeconds(given).ToString("r", CultureInfo.InvariantCulture) : null;

    private static long? Seconds(string? date) =>
        date is null ? null : DateTimeOffset.Parse(date, CultureInfo.InvariantCulture).ToUnixTimeSeconds();

    /// <summary>What lies behind the caches while one request of a viewer is answered.</summary>
    private sealed class Fetches(RealCache cache, Action? meanwhile)
    {
        private Action? _meanwhile = meanwhile;

        // The same choice as in EdgePipeline.
        public async ValueTask<FetchResult> OfEdge(RegionalRequest asked, CancellationToken cancellationToken)
        {
            if (cache._tiers.RegionFor(asked) is not { } region)
                return await OfRegion(asked, cancellationToken);
            cache.Asked.Add(("region", QuestionOf(asked)));
            return (await region.GetOrFetchAsync(CacheKey.For(asked), asked, OfRegion, cancellationToken)).ToFetchResult(CacheLayer.Region);
        }

        private async ValueTask<FetchResult> OfRegion(RegionalRequest asked, CancellationToken cancellationToken)
        {
            var question = QuestionOf(asked);
            cache.Asked.Add(("origin", question));
            Interlocked.Exchange(ref _meanwhile, null)?.Invoke();
            await Task.Yield(); // an origin answers later, never at once
            return cache.ResultOf(cache._origin(question), question);
        }
    }
}

/// <summary>multipart/byteranges as what it says: parts, and where they stand.</summary>
internal static class Multipart
{
    public static (byte[] Body, string Ranges) Read(byte[] bytes, string type, bool brokeOff)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var boundary = "\r\n--" + type.Split("boundary=")[1];
        var body = new MemoryStream();
        var ranges = new List<string>();
        for (var at = 0; text.AsSpan(at).StartsWith(boundary, StringComparison.Ordinal) && !text.AsSpan(at + boundary.Length).StartsWith("--", StringComparison.Ordinal);)
        {
            const string name = "Content-Range: ";
            var field = text.IndexOf(name, at, StringComparison.Ordinal) + name.Length;
            var start = text.IndexOf("\r\n\r\n", at, StringComparison.Ordinal) + 4;
            var range = text[field..text.IndexOf("\r\n", field, StringComparison.Ordinal)];
            var ends = range["bytes ".Length..range.IndexOf('/', StringComparison.Ordinal)].Split('-');
            var length = long.Parse(ends[1], CultureInfo.InvariantCulture) - long.Parse(ends[0], CultureInfo.InvariantCulture) + 1;
            if (brokeOff)
                length = Math.Min(length, bytes.Length - start);
            ranges.Add(range);
            body.Write(bytes, start, (int)length);
            at = start + (int)length;
        }
        return (body.ToArray(), string.Join(' ', ranges));
    }
}
