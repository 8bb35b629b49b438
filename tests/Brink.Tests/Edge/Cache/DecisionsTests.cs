using Brink.Edge.Cache;
using Brink.Edge.Logs;
using Brink.Edge.Requests;
using Brink.Policies;

namespace Brink.Tests.Edge.Cache;

/// <summary>What the cache says of its answers: why one is not stored, and the steps that led to it.</summary>
public sealed class DecisionsTests
{
    [Theory]
    [InlineData(NotStoredReason.Method, "POST", 200, "", false)]
    [InlineData(NotStoredReason.Head, "HEAD", 200, "", false)]
    [InlineData(NotStoredReason.CachingDisabled, "GET", 200, "max-age=10", true)]
    [InlineData(NotStoredReason.Status, "GET", 410, "", false)]
    [InlineData(NotStoredReason.Status, "GET", 199, "", false)]
    [InlineData(NotStoredReason.AnswerToOneRequest, "GET", 206, "", false)]
    [InlineData(NotStoredReason.CacheControl, "GET", 200, "no-store", false)]
    [InlineData(null, "GET", 200, "max-age=10", false)]
    [InlineData(null, "GET", 404, "", false)]
    public async Task Reason_IsSaid(NotStoredReason? reason, string method, int status, string cacheControl, bool disabled)
    {
        var policy = ManagedPolicies.FindCachePolicy("CachingOptimized")! with { MinTtl = TimeSpan.Zero };
        var bench = new CacheBench(disabled ? ManagedPolicies.FindCachePolicy("CachingDisabled") : policy);
        bench.OriginSays(CacheBench.Status(status, "x", ("Cache-Control", cacheControl)));

        Assert.Equal(reason, (await bench.GetAsync("/a", method)).Answer.NotStored);
    }

    [Fact]
    public async Task FailureOfAFunction_AndABodyThatIsTooLarge_AreNotStored()
    {
        var bench = new CacheBench(options: EdgeCacheOptions.Default with { MaxObjectSize = 10 });
        bench.OriginSays(CacheBench.Ok("longer than that"));
        Assert.Equal(NotStoredReason.TooLarge, (await bench.GetAsync("/large")).Answer.NotStored);

        bench.Origin = (_, _) => ValueTask.FromResult(CacheBench.Status(503, "x") with { EndedBy = ResultType.LambdaExecutionError });
        Assert.Equal(NotStoredReason.FunctionFailure, (await bench.GetAsync("/failed")).Answer.NotStored);
    }

    [Fact]
    public async Task Hit_HasNoReason()
    {
        var bench = new CacheBench();
        await bench.GetAsync("/a");

        Assert.Null((await bench.GetAsync("/a")).Answer.NotStored);
    }

    [Fact]
    public async Task Steps_AreRecordedWhereTheyAreAskedFor()
    {
        var bench = new CacheBench { RecordsSteps = true };
        bench.OriginSays(CacheBench.Ok("x", ("Cache-Control", "max-age=10"), ("ETag", "\"v1\"")));

        Assert.Equal("FoundNothing Stored", await StepsAsync(bench, "/a"));
        Assert.Equal("FoundFresh", await StepsAsync(bench, "/a"));
        bench.Time.Advance(TimeSpan.FromSeconds(11));
        bench.OriginSays(CacheBench.Status(304, "", ("ETag", "\"v1\"")));
        Assert.Equal("FoundStale Refreshed", await StepsAsync(bench, "/a"));
        bench.OriginSays(CacheBench.Status(410, ""));
        Assert.Equal("FoundNothing NotStored(Status)", await StepsAsync(bench, "/b"));
        Assert.Equal("PassedTheCache NotStored(Method)", await StepsAsync(bench, "/b", "POST"));
        bench.Time.Advance(TimeSpan.FromDays(2));
        bench.OriginSays(CacheBench.Unreachable());
        Assert.Equal("FoundStale ServedStale", await StepsAsync(bench, "/a"));
    }

    [Fact]
    public async Task Steps_AreNotRecordedOtherwise()
    {
        var bench = new CacheBench();
        var request = bench.Request("/a");
        await CacheBench.ReadAsync(await bench.SendAsync(request, TestContext.Current.CancellationToken));

        Assert.Null(request.Steps);
    }

    private static async Task<string> StepsAsync(CacheBench bench, string path, string method = "GET")
    {
        RegionalRequest request = bench.Request(path, method);
        await CacheBench.ReadAsync(await bench.SendAsync(request, TestContext.Current.CancellationToken));
        return string.Join(' ', request.Steps!.Select(step => step.Detail is null ? $"{step.Kind}" : $"{step.Kind}({step.Detail})"));
    }
}
