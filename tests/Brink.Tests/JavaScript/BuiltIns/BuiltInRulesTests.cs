using Brink.JavaScript;
using Brink.JavaScript.Values;

namespace Brink.Tests.JavaScript.BuiltIns;

/// <summary>What holds across the built-ins: which runtime has what, isolation of calls, budgets, names.</summary>
public sealed class BuiltInRulesTests
{
    [Theory]
    [InlineData("[].flat")]
    [InlineData("[].flatMap")]
    [InlineData("[].at")]
    [InlineData("[].findLast")]
    [InlineData("[].findLastIndex")]
    [InlineData("[].toSorted")]
    [InlineData("[].toReversed")]
    [InlineData("[].toSpliced")]
    [InlineData("[]['with']")]
    [InlineData("Object.fromEntries")]
    [InlineData("Object.hasOwn")]
    [InlineData("Object.groupBy")]
    [InlineData("({}).toLocaleString")]
    public void MemberThatNoRuntimeHas_IsUndefined(string expression)
    {
        Assert.Equal("undefined", Shown.Of(expression));
        Assert.Equal("undefined", Shown.Of(expression, Runtime.CloudFrontJs10));
    }

    [Theory]
    [InlineData("Array.from")]
    [InlineData("[].entries")]
    [InlineData("[].keys")]
    [InlineData("[].values")]
    [InlineData("[][Symbol.iterator]")]
    [InlineData("Symbol['for']")]
    [InlineData("Symbol.keyFor")]
    [InlineData("globalThis.AggregateError")]
    public void MemberOf20Only_IsUndefinedOn10(string expression)
    {
        Assert.NotEqual("undefined", Shown.Of(expression));
        Assert.Equal("undefined", Shown.Of(expression, Runtime.CloudFrontJs10));
    }

    [Theory]
    [InlineData("typeof MemoryError", "function")]
    [InlineData("String(new MemoryError('x'))", "MemoryError")]
    [InlineData("MemoryError() instanceof InternalError", "true")]
    [InlineData("Object.getPrototypeOf(MemoryError) === Error", "true")]
    [InlineData("MemoryError.name", "MemoryError")]
    [InlineData("typeof Symbol('x')", "symbol")]
    [InlineData("Object.getOwnPropertyDescriptors({a:1})", "{a:{value:1,writable:true,enumerable:true,configurable:true}}")]
    public void Expression_ShowsAsOn10(string expression, string shown) => Assert.Equal(shown, Shown.Of(expression, Runtime.CloudFrontJs10));

    [Theory]
    [InlineData(Runtime.CloudFrontJs10, "typeof global", "object")]
    [InlineData(Runtime.CloudFrontJs20, "typeof MemoryError", "function")]
    public void NameThatOneRuntimeDocuments_IsInBoth(Runtime runtime, string expression, string shown) =>
        Assert.Equal(shown, Shown.Of(expression, runtime));

    [Theory]
    [InlineData("Array.prototype.sum = function () { return 1 }; return typeof [].sum", "return typeof [].sum")]
    [InlineData("Object.prototype.leak = 1; return typeof ({}).leak", "return typeof ({}).leak")]
    [InlineData("Object.freeze(Array.prototype); return Object.isFrozen(Array.prototype) ? 'function' : 'open'", "return Object.isFrozen(Array.prototype) ? 'frozen' : 'undefined'")]
    [InlineData("Object.setPrototypeOf(Array.prototype, {x: 1}); return typeof [].x", "return typeof [].x")]
    [InlineData("delete JSON.parse; return typeof JSON.stringify", "return typeof JSON.parse === 'function' ? 'undefined' : 'deleted'")]
    public void WriteToABuiltIn_IsGoneInTheNextCall(string first, string second)
    {
        Assert.NotEqual("undefined", Script.Run(first));
        Assert.Equal("undefined", Script.Run(second));
    }

    [Fact]
    public void SymbolRegistry_DoesNotOutliveTheCall()
    {
        var realm = TestRealm.New();
        var symbol = realm.RegisteredSymbol(realm.AtomOf("x"));
        Assert.Same(symbol, realm.RegisteredSymbol(realm.AtomOf("x")));
        realm.End();
        Assert.False(realm.IsRegistered(symbol));
    }

    [Theory]
    [InlineData("({number: 1})[typeof 5]", "1")]
    [InlineData("({undefined: 1})[typeof undefined]", "1")]
    [InlineData("({true: 1})[true]", "1")]
    [InlineData("({1: 1})[1]", "1")]
    [InlineData("({x: 1})[JSON.parse('\"x\"')]", "1")]
    [InlineData("({errors: 1})['err' + 'ors']", "1")]
    [InlineData("({keys: 1})['ke' + 'ys']", "1")]
    public void ComputedName_IsTheSameKeyAsTheLiteral(string expression, string shown)
    {
        Assert.Equal(shown, Shown.Of(expression, Runtime.CloudFrontJs10));
        Assert.Equal(shown, Shown.Of(expression));
    }

    [Fact]
    public void PartOfAstralText_IsTheSameKeyAsTheText() => Assert.Equal("[1,2]", Shown.Of("(function () { var k = JSON.parse('[\"\\ud83d\\ude00\",\"ab\",\"7\"]'); return [{ab: 1}[k[1]], {7: 2}[k[2]]] })()"));

    [Fact]
    public void ParsedStringWithoutEscapes_IsASliceOfTheSource()
    {
        var realm = TestRealm.New();
        var source = realm.NewText("[\"abc\",\"d\\u0065\"]");
        var parsed = Brink.JavaScript.BuiltIns.Json.JsonParse.Parse(realm, Value.Undefined, [source]);
        var elements = ((JsArray)parsed.AsObject).Elements;
        Assert.Same(source.Reference, elements[0].Reference);
        Assert.Equal(source.Start + 2, elements[0].Start);
        Assert.Equal("de", elements[1].ToDotNetString());
    }

    [Theory]
    [InlineData("new Array(1e9).fill(0)")]
    [InlineData("new Array(1e9).forEach(function () {})")]
    [InlineData("new Array(1e9).indexOf(1)")]
    [InlineData("new Array(1e9).sort()")]
    [InlineData("new Array(1e9).reverse()")]
    [InlineData("new Array(1e8).join('ab')")]
    [InlineData("new Array(1e9).concat(new Array(1e9), [1])")]
    [InlineData("new Array(1e9).slice(1)")]
    [InlineData("new Array(1e9).splice(1, 5, 6)")]
    [InlineData("new Array(1e9).shift()")]
    [InlineData("JSON.stringify(new Array(1e9))")]
    [InlineData("Array.from({length: 1e9})")]
    [InlineData("(function () {}).apply(null, {length: 4e9})")]
    [InlineData("Array.prototype.some.call({length: 1e15}, function () {})")]
    [InlineData("(function () { var a = []; for (;;) a.push(1) })()")]
    [InlineData("(function () { var a = [1]; for (;;) a = a.concat(a) })()")]
    [InlineData("(function () { var o = {}; for (var i = 0;; i++) o['k' + i] = i })()")]
    [InlineData("(function () { var a = [1, 2, 3]; a.sort(function () { for (;;); }) })()")]
    [InlineData("(function () { var f = function () {}; for (;;) f = f.bind(null, 1) })()")]
    [InlineData("(function () { var s = {a: 'x'}; for (;;) s = {a: JSON.stringify(s)} })()")]
    public void EndlessWork_StopsAtABudget(string expression) => Assert.StartsWith("Over", Shown.Of(expression));

    [Fact]
    public void SameScript_TakesTheSameSteps()
    {
        const string source = "function handler() { var a = []; for (var i = 0; i < 200; i++) a.push({k: 'x' + (i * 7919) % 200, n: i}); "
            + "a.sort(function (x, y) { return x.k < y.k ? -1 : 1 }); return JSON.stringify(JSON.parse(JSON.stringify(a))).length }";
        Script.Call(Script.Compile(source), out var first, out _);
        Script.Call(Script.Compile(source), out var second, out _);
        Assert.Equal(first, second);
    }

    [Fact]
    public void SortOfManyElements_IsStable()
    {
        const string body = "var a = []; for (var i = 0; i < 500; i++) a.push([i * 31 % 7, i]); a.sort(function (x, y) { return x[0] - y[0] }); "
            + "for (i = 1; i < 500; i++) if (a[i-1][0] > a[i][0] || (a[i-1][0] === a[i][0] && a[i-1][1] > a[i][1])) return 'wrong at ' + i; return 'stable'";
        Assert.Equal("stable", Script.Run(body));
    }

    [Fact]
    public void ComparerThatIsNoOrder_StillEnds() =>
        Assert.Equal("100", Script.Run("var n = 0, a = []; for (var i = 0; i < 100; i++) a.push(i); a.sort(function () { return n++ % 3 - 1 }); return a.length"));

    [Fact]
    public void DeepRecursionThroughNatives_OnASmallStack_EndsAsARangeError()
    {
        var shown = "";
        const string expression = "(function () { function deep(x) { for (var i = 0; i < 29; i++) x = {a: x}; return x } function f() { return JSON.stringify(deep({toJSON: f})) } return f() })()";
        var thread = new Thread(() => shown = Shown.Of(expression), maxStackSize: 768 * 1024);
        thread.Start();
        thread.Join();
        Assert.Equal("THROW RangeError: Maximum call stack size exceeded", shown);
    }

    [Fact]
    public void ThrewMarker_PassesThroughConversions()
    {
        var realm = TestRealm.New();
        Assert.True(realm.ToText(Value.Threw).IsThrew);
        Assert.False(realm.ToNumber(Value.Threw, out _));
    }
}
