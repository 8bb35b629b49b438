using System.Collections.Immutable;
using Brink.Edge.Configuration;
using Brink.Host.Development;
using Brink.Tests.Edge;

namespace Brink.Tests.Host;

/// <summary>Which caches a save empties.</summary>
public sealed class TouchedCachesTests
{
    private const string Id = "EDFDVBD6EXAMPLE";

    private static readonly ScriptedFunction One = ScriptedFunction.Responding(200), Other = ScriptedFunction.Responding(200);

    [Fact]
    public void AnotherViewerResponse_TouchesNothing() =>
        Assert.Empty(Between(TestEdge.SnapshotOf(TestEdge.ToPort(1), viewerResponse: One), TestEdge.SnapshotOf(TestEdge.ToPort(1), viewerResponse: Other), "f.js")!.Value);

    [Fact]
    public void AnotherViewerRequest_TouchesTheDistributionsThatHaveIt() =>
        Assert.Equal(Id, Assert.Single(Between(TestEdge.SnapshotOf(TestEdge.ToPort(1), viewerRequest: One), TestEdge.SnapshotOf(TestEdge.ToPort(1), viewerRequest: Other), "f.js")!.Value));

    [Theory]
    [InlineData("d.json", false)]
    [InlineData("policy.json", true)]
    [InlineData("store.json", true)]
    public void FileOfADistribution_TouchesThatOne_AndOthersMayTouchAny(string file, bool isAny)
    {
        var snapshot = TestEdge.SnapshotOf(TestEdge.ToPort(1));

        var touched = Between(snapshot, snapshot, file);

        Assert.Equal(isAny, touched is null);
        Assert.True(isAny || touched!.Value is [Id]);
    }

    private static ImmutableArray<string>? Between(EdgeSnapshot before, EdgeSnapshot after, string file) =>
        TouchedCaches.Between(
            before, after, [file], new HashSet<string>(StringComparer.Ordinal) { "f.js" }, new Dictionary<string, string>(StringComparer.Ordinal) { ["d.json"] = Id });
}
