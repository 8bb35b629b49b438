using Brink.JavaScript;

namespace Brink.Tests.JavaScript.Execution;

public class IsolationTests
{
    [Theory]
    [InlineData("var n = 0; function handler() { return ++n }", "1")]
    [InlineData("function handler() { globalThis.n = (globalThis.n || 0) + 1; return n }", "1")]
    [InlineData("function handler() { handler.n = (handler.n || 0) + 1; return handler.n }", "1")]
    [InlineData("function handler() { var o = {}; o.__proto__.n = (o.n || 0) + 1; return {}.n }", "1")]
    [InlineData("function handler() { Promise.n = (Promise.n || 0) + 1; return Promise.n }", "1")]
    [InlineData("function t(s) { s.n = (s.n || 0) + 1; return s.n } function handler() { return t`a` }", "1")]
    [InlineData("function handler() { var x; x = (x || 0) + 1; return x }", "1")]
    [InlineData("let a; function handler() { a = (a || 0) + 1; return a }", "1")]
    public void NothingOfACall_IsThereInTheNext(string source, string expected)
    {
        var program = Script.Compile(source);
        for (var i = 0; i < 3; i++)
            Assert.Equal(expected, Script.Call(program));
    }

    [Fact]
    public void WhatARealmKeepsForTheNextCall_IsAsNew()
    {
        var program = Script.Compile("""
            function handler() {
                var o = {}, a = [1], b = [], f = function g(x) { }, c = 0, n = {}, seen = '', k, i;
                function up() { return ++c }
                seen += [Object.isExtensible(o), Object.keys(o).length, Object.getPrototypeOf(o) === Object.prototype, o.x, o.toString === Object.prototype.toString];
                seen += [a.length, a[0], a.extra, Object.isFrozen(a), b.length, b[0], b[5], Array.isArray(b)];
                seen += [f.name, f.length, f.extra, typeof f.prototype, Object.keys(f).length, up()];
                for (k in n) seen += k;
                for (i = 0; i < 80; i++) n['name ' + (i * 7 + seen.length)] = i;
                for (k in n) if (n[k] > 77) seen += ' ' + n[k];
                seen += 'a-b'.replace(/-/g, '+') + /b/g.test('ab') + /b/g.test('ab');
                o.x = 1; o.y = 2; delete o.x; Object.setPrototypeOf(o, { z: 1 }); Object.freeze(o);
                b[5] = 1; b[2000] = 1; b.length = 3; Object.defineProperty(b, '1', { get: function () { return 1 } });
                a.extra = 1; Object.freeze(a);
                f.extra = 1; f.prototype = {}; Object.defineProperty(f, 'name', { value: 'other' });
                return seen;
            }
            """);
        var first = Script.Call(program);
        Assert.Equal("true,0,true,,true1,1,,false,0,,,trueg,1,,object,0,1 79 78a+btruetrue", first);
        for (var i = 0; i < 3; i++)
            Assert.Equal(first, Script.Call(program));
    }

    [Fact]
    public void FreshRealm_PaysWhatAUsedOnePays()
    {
        var program = Script.Compile("""
            function handler(event) {
                var o = { x: event.x }, a = [3, 1, 2], k, r = '';
                for (var i = 0; i < 30; i++) { o['key ' + i] = [i]; a.push(i) }
                for (k in o) r += k.charAt(0) + k.charCodeAt(1);
                a.sort(function (x, y) { return y - x });
                return r.replace(/\s+/g, '-').length + a.join();
            }
            """);
        Brink.JavaScript.Execution.RealmPool.Forget();
        var fresh = Script.Call(program, out var steps, out _);
        var used = Script.Call(program, out var again, out _);
        Assert.Equal((fresh, steps), (used, again));
    }

    [Fact]
    public void ResultDisposedTwice_DoesNotTouchTheNextCall()
    {
        var program = Script.Compile("var n = 7; function handler() { return { get later() { return n } } }");
        var limits = new CallLimits { Steps = 1000, MemoryBytes = 100_000, StartTimeMilliseconds = 0, RandomSeed = 1 };
        var first = program.Call(Script.Event, limits, null);
        var copy = first;
        first.Dispose();
        using var second = program.Call(Script.Event, limits, null);
        copy.Dispose();
        var later = second.Realm!.Get(second.Value.Value, second.Realm.AtomOf("later"));
        Assert.Equal(7, later.AsNumber);
    }

    [Fact]
    public void OneProgram_RunsOnManyThreads()
    {
        var program = Script.Compile("""
            var seen = {};
            function P(v) { this.v = v; this.w = v + 1 }
            P.prototype.sum = function () { return this.v + this.w };
            function handler(event) {
                var total = 0;
                for (var i = 0; i < 200; i++) { var p = i % 2 ? new P(i) : { v: i, sum() { return this.v } }; total += p.sum(); seen['k' + i] = total }
                return total + event.x;
            }
            """);
        var expected = Script.Call(program);
        var failures = 0;
        Parallel.For(0, 400, _ =>
        {
            if (Script.Call(program) != expected)
                Interlocked.Increment(ref failures);
        });
        Assert.Equal(0, failures);
    }

    [Fact]
    public void ChangedBuiltIn_IsSeenByShortCutsInThatCallOnly()
    {
        var program = Script.Compile("""
            function name(p) { return p.then.call ? 'own' : p.then }
            function handler() {
                var p = Promise.resolve(1), r = '';
                for (var i = 0; i < 3; i++) {
                    r += typeof p.then + ' ';
                    if (i == 1) Promise.prototype.then = 5;
                }
                return r;
            }
            """);
        Assert.Equal("function function number ", Script.Call(program));
        Assert.Equal("function function number ", Script.Call(program));
    }

    [Fact]
    public void ErrorThatIsThrownOn_KeepsItsPlace()
    {
        var program = Script.Compile("function handler() {\n  try {\n    null.x\n  } catch (e) {\n    throw e;\n  } finally {\n    log = 1\n  }\n}\nvar log");
        Script.Call(program, out _, out var error);
        Assert.Equal(3, error!.Line);
    }

    [Fact]
    public void Error_KnowsWhereItWasThrown()
    {
        var program = Script.Compile("function inner(o) {\n  return o.a.b;\n}\nfunction handler(e) {\n  return inner({});\n}");
        Script.Call(program, out _, out var error);
        Assert.Equal("TypeError: cannot get property \"b\" of undefined", error!.Text);
        Assert.Equal((2, 10, "  return o.a.b;"), (error.Line, error.Column, error.SourceLine));
        Assert.Equal(["inner (2:10)", "handler (5:10)"], error.Stack.Select(frame => frame.ToString()));
    }

    [Theory]
    [InlineData("var x = 1", "ReferenceError: \"handler\" is not defined")]
    [InlineData("var handler = 5", "ReferenceError: \"handler\" is not defined")]
    [InlineData("var handler = function (e) { return e.x }", "event x")]
    [InlineData("const handler = e => e.x", "event x")]
    [InlineData("throw 'at top'; function handler() {}", "at top")]
    [InlineData("import x from 'nowhere'; function handler() {}", "SyntaxError: Cannot find module \"nowhere\" in 1")]
    public void Handler_IsABindingOfTheModule(string source, string expected) => Assert.Equal(expected, Script.RunModule(source));

    [Fact]
    public void Require_OfAnUnknownModule_Throws() =>
        Assert.Equal("Cannot find module \"zz\"", Script.Run("try { require('zz') } catch (e) { return e.message }"));
}
