using System.Globalization;

namespace Brink.Tests.Edge.Cache.Model;

/// <summary>One step of a run.</summary>
internal abstract record Operation
{
    /// <summary>The path that it is about; null for all of them.</summary>
    public abstract string? Path { get; }
}

/// <summary>Time passes.</summary>
internal sealed record Wait(long Milliseconds) : Operation
{
    public override string? Path => null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"wait {Milliseconds / 1000.0} s");
}

/// <summary>The origin has something else, or describes it in another way.</summary>
internal sealed record Change(string At, Resource Resource) : Operation
{
    public override string? Path => At;

    public override string ToString() => $"origin {At}: {Resource}";
}

/// <summary>Something is no longer to be served.</summary>
internal sealed record Invalidate(Invalidation Rule) : Operation
{
    public override string? Path => null;

    public override string ToString() => $"invalidate {Rule.Path}";
}

/// <summary>A viewer asks.</summary>
/// <param name="Question">All but what depends on the version that the origin has then.</param>
/// <param name="Condition">The version that the viewer names in a condition.</param>
/// <param name="IfRange">The version of which it wants a part.</param>
/// <param name="Meanwhile">What is invalidated while the origin is asked.</param>
internal sealed record Ask(Question Question, Named Condition, Named IfRange, Invalidation? Meanwhile) : Operation
{
    public override string? Path => Question.Path;

    /// <summary>The question, now that the version is known.</summary>
    public Question With(Resource resource)
    {
        var (tag, date) = Validators(Condition, resource);
        var (rangeTag, rangeDate) = Validators(IfRange, resource);
        return Question with { IfNoneMatch = tag, IfModifiedSince = date, IfRangeTag = rangeTag, IfRangeDate = rangeTag is null ? rangeDate : null };
    }

    public override string ToString() =>
        $"{Question}{(Condition == Named.None ? "" : $", condition {Condition}")}{(IfRange == Named.None ? "" : $", If-Range {IfRange}")}"
        + (Meanwhile is null ? "" : $", meanwhile invalidate {Meanwhile.Path}");

    private static (string? Tag, long? Date) Validators(Named named, Resource resource) => named switch
    {
        Named.Tag => ($"\"v{resource.Version}\"", null),
        Named.WeakTag => ($"W/\"v{resource.Version}\"", null),
        Named.OldTag => ($"\"v{resource.Version - 1}\"", null),
        Named.AnyTag => ("*", null),
        Named.Date => (null, (resource with { HasLastModified = true }).LastModified),
        Named.OldDate => (null, (resource with { Version = resource.Version - 1, HasLastModified = true }).LastModified),
        _ => (null, null),
    };
}

/// <summary>Which version a viewer names.</summary>
internal enum Named
{
    None,
    Tag,
    WeakTag,
    OldTag,
    AnyTag,
    Date,
    OldDate,
}

/// <summary>Random steps: the same ones for the same seed.</summary>
internal sealed class OperationSource
{
    private const int Slice = (int)SlicedBody.SliceSize;
    private static readonly long[] Waits = [500, 1_000, 1_000, 2_000, 3_000, 5_000, 10_000, 11_000, 31_000, 61_000, 101_000, 3_700_000];
    private static readonly int[] Statuses = [200, 200, 200, 301, 404, 403, 410, 500, 503, 414];
    private static readonly int[] Sizes = [0, 1, 10, 300, 5_000, 70_000];
    private static readonly int[] LargeSizes = [Slice + 1, 2 * Slice, 2 * Slice + 70_000, 3 * Slice - 5, 300];
    private static readonly string?[] Queries = [null, null, "a=1", "a=2", "b=1&a=1"];
    private static readonly string?[] Words = [null, null, "x", "y"];
    private static readonly string[] CacheControls =
    [
        "max-age=5", "max-age=8", "max-age=60", "s-maxage=20, max-age=5", "no-store", "no-cache", "private, max-age=9", "max-age=0",
        "max-age=5, stale-if-error=20", "max-age=3, stale-if-error=0", "max-age=5, must-revalidate", "max-age=5, proxy-revalidate",
        "max-age=7, stale-while-revalidate=10", "max-age=4, proxy-revalidate, stale-while-revalidate=6", "max-age=4, stale-while-revalidate=9, must-revalidate",
        "max-age=5, no-cache=\"Set-Cookie\"",
    ];

    private readonly Random _random;
    private readonly Dictionary<string, Resource> _resources = [];
    private readonly string[] _paths;

    public OperationSource(int seed)
    {
        _random = new Random(seed);
        _paths =
        [
            .. ReferencePolicy.All.SelectMany(policy => Enumerable.Range(0, 3).Select(i => $"/{policy.Name}/d{i % 2}/{i}")),
            .. ReferencePolicy.All.Take(3).Select(policy => $"/{policy.Name}/large"),
        ];
    }

    /// <summary>So many steps, after those that give the origin something to answer with.</summary>
    public List<Operation> Take(int count)
    {
        var steps = new List<Operation>();
        foreach (var path in _paths)
            steps.Add(Describe(path, new Resource(1, IsLarge(path) ? Slice + 1 : 300)));
        for (var i = 0; i < count; i++)
            steps.Add(Next());
        return steps;
    }

    private Operation Next() => _random.Next(100) switch
    {
        < 12 => new Wait(Pick(Waits)),
        < 22 => Change(Pick(_paths)),
        < 25 => new Invalidate(Rule()),
        _ => Question(),
    };

    private Change Describe(string path, Resource resource)
    {
        _resources[path] = resource = resource with { Form = IsLarge(path) ? Pick([BodyForm.Streamed, BodyForm.Streamed, BodyForm.Chunked]) : Pick<BodyForm>([0, (BodyForm)1, (BodyForm)2]) };
        return new Change(path, resource);
    }

    private Change Change(string path)
    {
        var now = _resources[path];
        return Describe(path, _random.Next(10) switch
        {
            < 3 => now with { Version = now.Version + 1, Length = Pick(IsLarge(path) ? LargeSizes : Sizes), IsUnreachable = false, Status = 200 },
            3 => now with { Version = now.Version + 1, Tag = Pick<TagForm>([0, 0, (TagForm)1, (TagForm)2]), HasLastModified = _random.Next(3) > 0 },
            4 => now with { Status = Pick(Statuses) },
            5 => now with { IsUnreachable = !now.IsUnreachable },
            6 => now with { Age = Maybe(4), DateAgo = Maybe(9), KnowsRanges = _random.Next(5) > 0 },
            7 => now with { ExpiresIn = Maybe(30), VariesOnEverything = _random.Next(4) == 0, CacheControl = null },
            _ => now with { CacheControl = Pick(CacheControls) },
        });

        int? Maybe(int below) => _random.Next(2) == 0 ? null : _random.Next(below);
    }

    private Ask Question()
    {
        var path = Pick(_paths);
        var method = _random.Next(20) switch
        {
            0 => "POST",
            1 or 2 => "OPTIONS",
            3 or 4 => "HEAD",
            _ => "GET",
        };
        var question = new Question(path) { Method = method, Query = Pick(Queries), Kind = Pick(Words), Cookie = Pick(Words) };
        if (_random.Next(10) == 0)
            question = question with { ViewerPath = "/old" + path };
        var conditions = method is "GET" or "HEAD";
        if (method == "GET" && _random.Next(IsLarge(path) ? 2 : 5) == 0)
            question = question with { Range = Range(_resources[path].Length) };
        return new Ask(
            question,
            conditions && _random.Next(6) == 0 ? (Named)_random.Next(7) : Named.None,
            question.Range is not null && _random.Next(4) == 0 ? Pick([Named.Tag, Named.OldTag, Named.WeakTag, Named.Date, Named.OldDate]) : Named.None,
            _random.Next(25) == 0 ? Rule() : null);
    }

    private string Range(int length)
    {
        var (one, two) = (_random.Next(length + 20), _random.Next(length + 20));
        var (from, to) = (Math.Min(one, two), Math.Max(one, two));
        return "bytes=" + _random.Next(10) switch
        {
            0 => string.Create(CultureInfo.InvariantCulture, $"-{_random.Next(length + 10)}"),
            1 => string.Create(CultureInfo.InvariantCulture, $"{from}-"),
            2 => string.Create(CultureInfo.InvariantCulture, $"{from}-{from + (to - from) / 3},{from + (to - from) / 2}-{to}"),
            3 => string.Create(CultureInfo.InvariantCulture, $"0-{from},{to}-"),
            4 => string.Create(CultureInfo.InvariantCulture, $"{to}-{to + 5},{from}-{from}"),
            5 => Pick(["x", "5-2", "-", "0-0,-1", "0-", "-0"]),
            _ => string.Create(CultureInfo.InvariantCulture, $"{from}-{to}"),
        };
    }

    private Invalidation Rule()
    {
        var path = Pick(_paths);
        return new Invalidation(_random.Next(6) switch
        {
            0 => path,
            1 => $"{path}?{Pick(Queries) ?? "a=1"}",
            2 => path + "*",
            3 => path[..(path.LastIndexOf('/') + 1)] + "*",
            4 => "/old" + path,
            _ => _random.Next(5) == 0 ? "/*" : path + "?a*",
        });
    }

    private static bool IsLarge(string path) => path.EndsWith("/large", StringComparison.Ordinal);

    private T Pick<T>(T[] all) => all[_random.Next(all.Length)];
}
