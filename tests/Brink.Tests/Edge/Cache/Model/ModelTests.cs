using System.Globalization;

namespace Brink.Tests.Edge.Cache.Model;

/// <summary>
/// The cache beside one that is simple enough to be right. A run that fails prints its seed; <c>BRINK_MODEL_SEED</c> runs that one alone.
/// </summary>
public sealed class ModelTests
{
    private static readonly int[] Seeds = Environment.GetEnvironmentVariable("BRINK_MODEL_SEED") is { Length: > 0 } seed
        ? [int.Parse(seed, CultureInfo.InvariantCulture)]
        : [1, 2, 3];

    public static TheoryData<int, int> Runs { get; } = new(Seeds.SelectMany(seed => new[] { (seed, 1), (seed, 2) }));

    [Theory]
    [MemberData(nameof(Runs))]
    public void WhereAllFitsIn_TheyAgreeOnEveryAnswer_AndEveryQuestion(int seed, int tiers) =>
        Agree(new ModelRun(seed, 1500, tiers));

    [Theory]
    [MemberData(nameof(Runs))]
    public void WhereMemoryIsShort_TheyAgreeOnEveryAnswer(int seed, int tiers) =>
        Agree(new ModelRun(seed, 1500, tiers) { MayForget = true, Memory = tiers * 3L << 20 });

    [Theory]
    [InlineData(Fault.MaxAgeIsLonger)]
    [InlineData(Fault.MinTtlIsLonger)]
    [InlineData(Fault.MaxTtlIsLonger)]
    [InlineData(Fault.ErrorsAreKeptLonger)]
    [InlineData(Fault.AgeIsNotToldToTheCache)]
    [InlineData(Fault.SliceOfAnotherVersion)]
    [InlineData(Fault.SliceHasAWrongByte)]
    [InlineData(Fault.InvalidationMissesTheRegion)]
    [InlineData(Fault.WildcardIsExact)]
    [InlineData(Fault.InvalidationIgnoresWhatIsUnderWay)]
    public void Fault_IsFound(object fault) =>
        Assert.Contains(Enumerable.Range(1, 8), seed => Comparison.FirstDifference(new ModelRun(seed, 3000, 2) { Fault = (Fault)fault }) is not null);

    private static void Agree(ModelRun run)
    {
        if (Comparison.Run(run) is { } problem)
            Assert.Fail(problem);
    }
}
