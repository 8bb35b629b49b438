using System.Text;
using Brink.Events;
using Brink.Functions.JavaScript;
using Brink.Functions.Metering;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Metering;

public sealed class UtilizationTests
{
    private const string HeaderAndLog = "function handler(event) { var response = event.response; response.headers['x-test'] = { value: 'abc' }; console.log('header set'); return response; }";

    [Theory]
    [InlineData(Brink.JavaScript.Runtime.CloudFrontJs10)]
    [InlineData(Brink.JavaScript.Runtime.CloudFrontJs20)]
    public void OneHeaderAndOneLogLine_ShowWhatAwsShowed(Brink.JavaScript.Runtime runtime)
    {
        var result = Test(HeaderAndLog, ResponseEvent, runtime);

        Assert.InRange(int.Parse(result.ComputeUtilization, System.Globalization.CultureInfo.InvariantCulture), 31 - 3, 31 + 3);
    }

    private const string ResponseEvent =
        """{"version":"1.0","context":{"eventType":"viewer-response"},"viewer":{"ip":"1.2.3.4"},"request":{"method":"GET","uri":"/","headers":{},"cookies":{},"querystring":{}},"response":{"statusCode":200,"headers":{},"cookies":{}}}""";

    [Theory]
    [InlineData("f1-headers.js", "viewer-response.json")]
    [InlineData("f2-spa-rewrite.js", "viewer-request.json")]
    [InlineData("f3-jwt.js", "viewer-request.json")]
    [InlineData("f4-query.js", "viewer-request.json")]
    [InlineData("f5-ab-cookie.js", "viewer-request.json")]
    public void OrdinaryFunctions_StayUnderEighty(string function, string eventObject)
    {
        string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, "benchmarks/engine", file));

        var result = Test(Read(function), Read(eventObject));

        Assert.Equal("", result.FunctionErrorMessage);
        Assert.InRange(int.Parse(result.ComputeUtilization, System.Globalization.CultureInfo.InvariantCulture), ComputeUtilization.Base, 80);
    }

    [Fact]
    public void NothingDone_IsTheBase() => Assert.Equal(ComputeUtilization.Base, OnRequest("", Request()).ComputeUtilization);

    [Fact]
    public void FourteenLogLines_AreAllowed_SixteenAreNot()
    {
        Assert.Equal("", MessageOf(OnRequest("for (var i = 0; i < 14; i++) console.log('line')", Request())));
        Assert.Contains("compute budget", MessageOf(OnRequest("for (var i = 0; i < 16; i++) console.log('line')", Request())), StringComparison.Ordinal);
    }

    [Fact]
    public void CodeThatIsSkipped_CostsNothing()
    {
        var skipped = OnRequest("if (request.uri === '/never') { var a = [1, 2, 3], o = { a: 1 }; o.b = a.length * 7; o.c = o.b + 5; }", Request()).Units;
        var without = OnRequest("if (request.uri === '/never') { }", Request()).Units;

        Assert.InRange(skipped - without, 0, 10);
    }

    [Fact]
    public void RoundsOfALoop_CostTheSameEach()
    {
        long Units(int rounds) => OnRequest($"var s = 0; for (var i = 0; i < {rounds}; i++) {{ if (i % 2) s += i; else s -= 1; }}", Request()).Units;

        Assert.Equal(Units(300) - Units(200), Units(200) - Units(100));
    }

    [Theory]
    [InlineData("aws", 400_000)]
    [InlineData("1ms", 1_350_000)]
    [InlineData("10000", 10_000)]
    [InlineData("1000000000", 1_000_000_000)]
    public void Budgets_ByNameOrUnits(string text, long units)
    {
        Assert.True(ComputeBudget.TryParse(text, out var budget, out _));
        Assert.Equal(units, budget.Units);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2ms")]
    [InlineData("9999")]
    [InlineData("-400000")]
    [InlineData("1e6")]
    [InlineData("1000000001")]
    public void Budgets_ThatAreNone_AreRefusedByName(string text)
    {
        Assert.False(ComputeBudget.TryParse(text, out _, out var problem));
        Assert.Contains($"\"{text}\"", problem, StringComparison.Ordinal);
        Assert.Contains("aws", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Alarm_IsCountedAndChangesNothing()
    {
        var code = "function handler(event) { event.request.uri = '/other'; return event.request; }";
        var before = FunctionAlarm.Count;

        var quiet = Run(Compile(code), EventType.ViewerRequest, Request(), null);
        var alarmed = Run(Compile(code, limits: new FunctionLimits { CpuAlarm = TimeSpan.Zero }), EventType.ViewerRequest, Request(), null);

        Assert.Null(quiet.Alarm);
        Assert.True(FunctionAlarm.Count > before);
        Assert.Equal((quiet.Units, "under-test"), (alarmed.Alarm!.Units, alarmed.Alarm.Function));
        Assert.Equal((quiet.Outcome, quiet.ComputeUtilization), (alarmed.Outcome, alarmed.ComputeUtilization));
    }
}
