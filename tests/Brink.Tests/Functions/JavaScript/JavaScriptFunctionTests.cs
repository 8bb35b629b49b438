using System.Text;
using Brink.Events;
using Brink.Functions;
using Brink.Functions.JavaScript;
using Brink.Functions.Metering;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.JavaScript;

public sealed class JavaScriptFunctionTests
{
    private const string Sentence = "The CloudFront function associated with the CloudFront distribution is invalid or could not run. ";

    private static FunctionError ErrorOf(FunctionRun run) => Assert.IsType<FunctionOutcome.Fail>(run.Outcome).Error;

    [Fact]
    public void CodeThatDoesNotCompile_FailsEveryEventWithLineAndCaret()
    {
        var function = Compile("function handler(event) {\n  for (var x of []) {}\n}");

        Assert.NotNull(function.CompileError);
        for (var i = 0; i < 2; i++)
        {
            var run = Run(function, EventType.ViewerRequest, Request(), null);
            Assert.Equal((FunctionErrorKind.Execution, Sentence + "SyntaxError: Token \"of\" not supported in this version in 2"), (ErrorOf(run).Kind, ErrorOf(run).Message));
            Assert.Equal(0, run.ComputeUtilization);
        }
        var lines = function.CompileError.Detail!.Split('\n');
        Assert.Equal("under-test.js:2:14: SyntaxError: Token \"of\" not supported in this version in 2", lines[0]);
        Assert.Equal("    for (var x of []) {}", lines[1]);
        Assert.Equal("               ^", lines[2]);
    }

    [Theory]
    [InlineData("var x = 1;")]
    [InlineData("var handler = 5;")]
    public void NoHandler_IsAnExecutionError(string code)
    {
        var error = ErrorOf(Run(Compile(code), EventType.ViewerRequest, Request(), null));

        Assert.Equal(FunctionErrorKind.Execution, error.Kind);
        Assert.StartsWith(Sentence, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("function handler(event) { return event.request; }")]
    [InlineData("async function handler(event) { return event.request; }")]
    [InlineData("const handler = async (event) => event.request;")]
    [InlineData("var handler = function (event) { return event.request; };")]
    [InlineData("function handler(event) { return Promise.resolve(event.request); }")]
    public void Handler_InEveryForm(string code) => Assert.Equal("", MessageOf(Run(Compile(code), EventType.ViewerRequest, Request(), null)));

    [Fact]
    public void EndlessLoop_IsOverCompute()
    {
        var run = OnRequest("for (;;) {}", Request());

        Assert.Equal((100, Sentence + "Error: The function exceeded its compute budget (compute utilization 100)."), (run.ComputeUtilization, MessageOf(run)));
    }

    [Fact]
    public void MemoryBomb_IsOverMemory() =>
        Assert.Equal(Sentence + "MemoryError: The function exceeded its memory limit of 2 MB.", MessageOf(OnRequest("var s = 'x'; for (;;) s += s", Request())));

    [Fact]
    public void Utilization_IsTheSameEveryTime_AndGrowsWithTheWork()
    {
        var little = OnRequest("for (var i = 0; i < 1000; i++) {}", Request()).ComputeUtilization;
        var much = OnRequest("for (var i = 0; i < 20000; i++) {}", Request()).ComputeUtilization;

        Assert.InRange(much, little + 1, 99);
        Assert.Equal(much, OnRequest("for (var i = 0; i < 20000; i++) {}", Request()).ComputeUtilization);
    }

    [Fact]
    public void LargerBudget_LowersTheUtilization()
    {
        var code = "function handler(event) { for (var i = 0; i < 20000; i++) {} return event.request; }";
        var small = Run(Compile(code), EventType.ViewerRequest, Request(), null).ComputeUtilization - ComputeUtilization.Base;
        var limits = new FunctionLimits { Compute = new ComputeBudget(10 * ComputeBudget.Aws.Units) };
        var large = Run(Compile(code, limits: limits), EventType.ViewerRequest, Request(), null).ComputeUtilization - ComputeUtilization.Base;

        Assert.InRange(large, small / 10 - 1, small / 10 + 1);
    }

    [Fact]
    public void Time_StandsAtTheStartOfTheRun() =>
        Assert.Equal(["1795341600000 true"], OnRequest("var a = Date.now(); for (var i = 0; i < 1000; i++) {} console.log(a + ' ' + (a === Date.now()))", Request()).Logs);

    [Fact]
    public void Randomness_DiffersBetweenRuns()
    {
        var function = Compile("function handler(event) { console.log('' + Math.random()); return event.request; }");

        var draws = Enumerable.Range(0, 20).Select(_ => Assert.Single(Run(function, EventType.ViewerRequest, Request(), null).Logs)).ToHashSet();

        Assert.Equal(20, draws.Count);
    }

    [Fact]
    public void Nothing_OutlivesARun()
    {
        var function = Compile("var n = 0; function handler(event) { n++; Array.prototype.mark = (Array.prototype.mark || 0) + 1; event.request.headers['x-n'] = { value: n + ' ' + [].mark }; return event.request; }");

        for (var i = 0; i < 3; i++)
        {
            var request = Request();
            Assert.Equal("", MessageOf(Run(function, EventType.ViewerRequest, request, null)));
            Assert.Equal("1 1", request.Headers.Get("x-n"));
        }
    }

    [Fact]
    public void ManyThreads_ShareAFunction()
    {
        var function = Compile("function handler(event) { var r = event.request; r.headers['x-q'] = { value: r.querystring.q.value }; return r; }");

        Parallel.For(0, 2000, i =>
        {
            var request = Request("/", $"q={i}");
            Assert.Equal("", MessageOf(Run(function, EventType.ViewerRequest, request, null)));
            Assert.Equal($"{i}", request.Headers.Get("x-q"));
        });
    }

    [Fact]
    public void Source_OverTenKilobytesOrNotUtf8_IsRefused()
    {
        static FunctionSourceProblem? Check(byte[] code) => new FunctionSource { Name = "f", FileName = "dir/f.js", Code = code }.Check();

        Assert.Null(Check(new byte[10_240]));
        Assert.Equal(new FunctionSourceProblem("FunctionSizeLimitExceeded", "the function is 10,241 bytes long; a CloudFront function has at most 10,240 bytes."), Check(new byte[10_241]));
        Assert.Equal(new FunctionSourceProblem("InvalidArgument", "the function is not UTF-8 text."), Check(Encoding.Latin1.GetBytes("// \u00E9")));
        Assert.Throws<ArgumentException>(() => JavaScriptFunction.Compile(new FunctionSource { Name = "f", Code = new byte[10_241] }, FunctionLimits.Default, TimeProvider.System));
    }
}
