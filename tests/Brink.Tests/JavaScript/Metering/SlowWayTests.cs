using Brink.JavaScript.Metering;

namespace Brink.Tests.JavaScript.Metering;

/// <summary>
/// What built-ins do the slow way costs more than the quick way does, in units and by the element: prices that are too low let a function keep a processor longer than its budget.
/// What they cost in time is for <c>./bench meter --built-ins</c> to say.
/// </summary>
public sealed class SlowWayTests
{
    private const string Far = "var a = []; a[3000] = 1; ";
    private const string List = "var a = { length: 2000 }; ";

    /// <summary>Units for each element or round, at least.</summary>
    [Theory]
    [InlineData("Promise.all, of holes", "", "Promise.all(new Array(2000))", 2000, Price.CombinedElement)]
    [InlineData("Promise.allSettled", "", "Promise.allSettled(new Array(2000))", 2000, Price.CombinedElement)]
    [InlineData("Promise.any", "", "Promise.any(new Array(2000))", 2000, Price.CombinedElement)]
    [InlineData("Promise.race", "", "Promise.race(new Array(2000))", 2000, Price.CombinedElement)]
    [InlineData("far element, sought", Far, "a.indexOf(2)", 3000, Price.ElementName + 2)]
    [InlineData("far element, joined", Far, "a.join()", 3000, Price.ElementName + 2)]
    [InlineData("far element, filled", Far, "a.fill(1)", 3000, Price.ElementName + Price.PropertyWritten)]
    [InlineData("far element, into bytes", Far, "new Uint8Array(a)", 3000, Price.ElementName + 2)]
    [InlineData("far element, collected", Far, "Array.from(a)", 3000, Price.ElementName + 2)]
    [InlineData("array-like, made an array", List, "Array.from(a)", 2000, Price.ElementName + 2)]
    [InlineData("array-like, reversed", List, "Array.prototype.reverse.call(a)", 2000, Price.ElementName)]
    [InlineData("array-like, filled", List, "Array.prototype.fill.call(a, 1)", 2000, Price.ElementName + Price.PropertyWritten)]
    [InlineData("keys of bytes", "var a = new Uint8Array(2000); ", "Object.keys(a)", 2000, Price.ElementName + 2)]
    [InlineData("keys of text", "var a = 'x'.repeat(2000); ", "Object.keys(a)", 2000, Price.ElementName + 2)]
    [InlineData("for-in over an array", "var a = new Array(2000).fill(1); ", "for (var k in a);", 2000, Price.ElementName + 2)]
    [InlineData("assigned", "var a = {}; for (var i = 0; i < 500; i++) a['k' + i] = i; ", "Object.assign({}, a)", 500, Price.PropertyWritten + Price.LargeTableEntry)]
    [InlineData("described", "var a = {}; for (var i = 0; i < 500; i++) a['k' + i] = i; ", "Object.getOwnPropertyDescriptors(a)", 500, Price.ObjectMade + 2 * Price.PropertyWritten)]
    [InlineData("entries", "var a = {}; for (var i = 0; i < 500; i++) a['k' + i] = i; ", "Object.entries(a)", 500, Price.ObjectMade + 2)]
    [InlineData("frozen", "var a = {}; for (var i = 0; i < 500; i++) a['k' + i] = i; ", "Object.freeze(a)", 500, Price.PropertyWritten)]
    [InlineData("many names", "var a; ", "for (var i = 0; i < 1000; i++) ({})['n' + i]", 1000 - 64, Price.ManyNames + 2)]
    [InlineData("objects joined", "var a = []; for (var i = 0; i < 500; i++) a.push({}); ", "a.join()", 500, Price.Conversion + 1)]
    [InlineData("errors", "var a; ", "for (var i = 0; i < 500; i++) new RangeError(a)", 500, Price.ObjectMade)]
    [InlineData("computed name that is nowhere", "var a = {}, k = 'k'; ", "for (var i = 0; i < 500; i++) a[k]", 500, Price.NotThere + 1)]
    [InlineData("changed built-ins", "Array.prototype.x = 1; var a = []; ", "for (var i = 0; i < 500; i++) a.x", 500, Price.ChangedBuiltIn)]
    public void SlowWay_PaysByTheElement(string way, string setUp, string work, int count, int steps)
    {
        var units = UnitsOf($"{setUp} {work};") - UnitsOf(setUp);

        Assert.True(units >= (long)count * steps * Price.Step, $"{way}: {units} units for {count}, below {steps} steps for each");
    }

    /// <summary>The quick ways, and at most what they may cost for each element: code that people write must not pay for what it does not do.</summary>
    [Theory]
    [InlineData("array joined", "var a = new Array(2000).fill('x'); ", "a.join()", 2000, 3)]
    [InlineData("array sought in", "var a = new Array(2000).fill(1); ", "a.indexOf(2)", 2000, 1)]
    [InlineData("array filled", "var a = new Array(2000).fill(1); ", "a.fill(2)", 2000, 1)]
    [InlineData("holes shifted", "var a = new Array(2000); ", "a.shift()", 2000, 1)]
    [InlineData("holes into bytes", "var a = new Array(2000); ", "new Uint8Array(a)", 2000, 2)]
    [InlineData("bytes filled with a large number", "var a = new Uint8Array(2000); ", "a.fill(123456789012345680000)", 2000, 1)]
    public void QuickWay_PaysNoMore(string way, string setUp, string work, int count, int steps)
    {
        var units = UnitsOf($"{setUp} {work};") - UnitsOf(setUp);

        Assert.True(units <= (count + 32L) * steps * Price.Step, $"{way}: {units} units for {count}, above {steps} steps for each");
    }

    /// <summary>A call costs the same whatever the calls before left behind: shapes, pooled tables and names.</summary>
    [Theory]
    [InlineData("var o = {}; for (var i = 0; i < 200; i++) o['k' + i] = i; return Object.keys(Object.assign({}, o)).length")]
    [InlineData("var a = []; a[3000] = 1; return a.fill(1, 100, 200).indexOf(7)")]
    [InlineData("var o = { a: 1 }, s = 0; for (var i = 0; i < 50; i++) if (o.miss === undefined && 'x'.miss === undefined) s++; return s")]
    [InlineData("Object.prototype.x = 1; var o = {}; delete Object.prototype.x; return JSON.stringify(Object.getOwnPropertyDescriptors({ a: o.x, b: 2 }))")]
    public void Units_AreTheSameInEveryCall(string body)
    {
        var program = Script.Compile($"function handler(event) {{ {body} }}");
        Script.Call(program, out var first, out _);

        for (var i = 0; i < 5; i++)
        {
            Script.Call(program, out var again, out _);
            Assert.Equal(first, again);
        }
    }

    [Theory]
    [InlineData("var a = []; a[3000] = 7; a[5] = 1; Array.prototype[6] = 'p'; return [a.indexOf(7), a.includes(undefined), Array.prototype.indexOf.call(a, 'p')].join()", "3000,true,6")]
    [InlineData("var a = { length: 12, 11: 'k' }; Array.prototype.reverse.call(a); return Object.keys(a).join()", "length,0")]
    [InlineData("var a = { length: 9007199254740991, 0: 'x' }; return Array.prototype.lastIndexOf.call(a, 'x', 3)", "0")]
    [InlineData("var a = []; a[3000] = 1; Object.defineProperty(a, 20, { value: 1 }); try { a.length = 5 } catch (e) { return a.length + ' ' + (3000 in a) }", "21 false")]
    [InlineData("var a = [1, 2]; a[Symbol.iterator] = function () { return [9][Symbol.iterator]() }; return Array.from(a).join()", "1,2")]
    [InlineData("var a = new Float64Array(3); a.fill(1.5, 1); var b = new Uint16Array(4).fill(70000, 1, 3); return a.join() + ' ' + b.join()", "0,1.5,1.5 0,4464,4464,0")]
    [InlineData("var a = [1, [2, [3, null]], undefined]; return a + '' + `${[]}` + (+[7])", "1,2,3,,7")]
    [InlineData("var a = [1]; a.toString = function () { return 't' }; return '' + [a]", "t")]
    [InlineData("var a = [1]; a.join = function () { return 'j' }; return '' + a", "j")]
    [InlineData("function f(o) { return o.x } var a = {}, s = ''; for (var i = 0; i < 4; i++) { s += f(a); if (i == 1) Object.prototype.x = 'p'; if (i == 2) a.x = 'o' } return s", "undefinedundefinedpo")]
    [InlineData("function f(g) { return typeof g.prototype } var s = ''; for (var i = 0; i < 3; i++) s += f(() => 1) + f(function () {}) + ' '; return s", "undefinedobject undefinedobject undefinedobject ")]
    [InlineData("function f(v) { return typeof v.x } var s = ''; for (var i = 0; i < 3; i++) s += f(1) + f('a'); Number.prototype.x = 1; return s + f(1) + f('a')", "undefinedundefinedundefinedundefinedundefinedundefinednumberundefined")]
    public void SlowWay_GivesTheSame(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    /// <summary>A combination decides once: what its elements do later changes nothing.</summary>
    [Theory]
    [InlineData("let late; const first = { then(f) { late = f } }; const p = Promise.race([Promise.resolve(1), first, Promise.reject(2)]); const v = await p; late(3); return v + ' ' + await p", "1 1")]
    [InlineData("const p = Promise.all([Promise.reject('a'), Promise.reject('b')]); return p.catch(e => e)", "a")]
    [InlineData("return (await Promise.allSettled(['x', Promise.reject('y')])).map(e => JSON.stringify(e)).join()", "{\"status\":\"fulfilled\",\"value\":\"x\"},{\"status\":\"rejected\",\"reason\":\"y\"}")]
    [InlineData("const p = Promise.any([new Promise(f => f({ then(g) { g('slow') } })), 'quick']); return p", "quick")]
    [InlineData("return (await Promise.all(new Array(3))).length", "3")]
    [InlineData("return (await Promise.all('ab')).join()", "a,b")]
    public void Combination_DecidesOnce(string body, string expected) => Assert.Equal(expected, Script.RunAsync(body));

    private static long UnitsOf(string body)
    {
        Script.Call(Script.Compile($"function handler(event) {{ {body} }}"), out var units, out _);
        return units;
    }
}
