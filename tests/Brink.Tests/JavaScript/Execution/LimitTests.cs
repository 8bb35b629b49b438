namespace Brink.Tests.JavaScript.Execution;

public class LimitTests
{
    [Theory]
    [InlineData("for (;;) {}", "OverCompute")]
    [InlineData("for (;;) { try { throw 1 } catch (e) {} finally { continue } }", "OverCompute")]
    [InlineData("while (true) { f() } function f() {}", "OverCompute")]
    [InlineData("do {} while (1)", "OverCompute")]
    [InlineData("var s = 'a'; for (;;) s += s", "OverMemory")]
    [InlineData("var a = []; for (;;) a[a.length] = 1", "OverMemory")]
    [InlineData("var a; for (;;) a = { a }", "OverMemory")]
    [InlineData("var o = {}, i = 0; for (;;) o['k' + i++] = 1", "OverMemory")]
    [InlineData("function f() { try { f() } finally { f() } } f()", "OverMemory")]
    [InlineData("var fs = []; for (let i = 0; ; i++) fs[i] = () => i", "OverMemory")]
    public void BoundlessWork_Stops(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    [Fact]
    public void Recursion_IsCaughtAndTheFunctionGoesOn() =>
        Assert.Equal("true 10", Script.Run("var n = 0; function f() { n++; f() } try { f() } catch (e) { var deep = n > 500 } n = 0; function g(k) { n++; if (k) g(k - 1) } g(9); return deep + ' ' + n"));

    [Fact]
    public void ManyArguments_FitAcrossChunksOfTheStack()
    {
        var names = string.Join(", ", Enumerable.Range(0, 200).Select(i => "a" + i));
        var body = $"function f(n, {names}) {{ return n ? f(n - 1, {names}) + a199 : a199 }} return f(300, {string.Join(", ", Enumerable.Repeat("1", 200))})";
        Assert.Equal("301", Script.Run(body));
    }

    [Fact]
    public void ExpressionOfManyTerms_IsRunOrRefused()
    {
        Assert.Equal("300", Script.Run("return " + string.Join("+", Enumerable.Repeat("1", 300))));
        Assert.Contains(Script.Run("return " + string.Join("+", Enumerable.Repeat("1", 100_000))), new[] { "100000", "SyntaxError: Maximum nesting depth exceeded in 1" });
    }

    [Fact]
    public void SameCall_UsesTheSameSteps()
    {
        var program = Script.Compile("function handler(e) { var o = {}, s = ''; for (var i = 0; i < 50; i++) { o['k' + i] = i; s += i } for (var k in o) s += k; return s }");
        Script.Call(program, out var first, out _);
        for (var i = 0; i < 20; i++)
        {
            Script.Call(program, out var again, out _);
            Assert.Equal(first, again);
        }
        Assert.True(first > 100);
    }

    [Fact]
    public void StoppedCall_LeavesNothingBehind()
    {
        var stops = Script.Compile("function handler() { function f(n) { if (n) f(n - 1); else for (;;) {} } f(100) }");
        var works = Script.Compile("function handler() { var x; return x + typeof y }");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("OverCompute", Script.Call(stops, steps: 5000));
            Assert.Equal("undefinedundefined", Script.Call(works));
        }
    }
}
