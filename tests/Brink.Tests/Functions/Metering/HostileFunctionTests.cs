using Brink.Functions;
using Brink.Functions.Metering;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Metering;

/// <summary>The functions of tests/functions/hostile: each is stopped by its budgets, and the next call is as clean as ever. <c>./bench meter --hostile</c> has the times.</summary>
public sealed class HostileFunctionTests
{
    private static string Folder => Path.Combine(
        Environment.GetEnvironmentVariable("BRINK_ROOT") ?? throw new InvalidOperationException("set BRINK_ROOT to the repository's root"), "tests/functions/hostile");

    public static TheoryData<string> Names() => [.. Directory.EnumerateFiles(Folder, "*.js").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void HostileFunction_IsStoppedByABudget_AndCostsTheSameAgain(string name)
    {
        var function = Compile(File.ReadAllText(Path.Combine(Folder, name + ".js")));

        var run = Run(function, EventType.ViewerRequest, Request(), null);
        var again = Run(function, EventType.ViewerRequest, Request(), null);

        Assert.Matches("compute budget|memory limit|Maximum call stack|InternalError|RangeError", MessageOf(run));
        Assert.InRange(run.Units, 0, ComputeUtilization.UnitsFor(ComputeBudget.Aws));
        Assert.Equal((MessageOf(run), run.Units), (MessageOf(again), again.Units));
        Assert.Equal("", MessageOf(OnRequest("request.headers.x = { value: '1' }", Request())));
    }
}
