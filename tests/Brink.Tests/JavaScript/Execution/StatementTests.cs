namespace Brink.Tests.JavaScript.Execution;

public class StatementTests
{
    [Theory]
    [InlineData("var s = 0; for (var i = 0; i < 5; i++) { if (i == 3) continue; s += i } return s", "7")]
    [InlineData("var i = 0; do { i += 2 } while (i < 5); while (i < 10) i++; return i", "10")]
    [InlineData("outer: for (var i = 0; i < 3; i++) { for (;;) { if (i == 1) break outer; continue outer } } return i", "1")]
    [InlineData("block: { if (event) break block; return 'no' } return 'left'", "left")]
    [InlineData("a: b: for (;;) { for (;;) { break a } } return 1", "1")]
    [InlineData("var r = ''; for (var k in { b: 1, 2: 1, a: 1, 1: 1 }) r += k; return r", "b2a1")]
    [InlineData("var r = ''; for (var k in 'ab') r += typeof k + k; return r", "string0string1")]
    [InlineData("var r = ''; for (var k in null) r += k; for (var k in 5) r += k; return r + 'none'", "none")]
    [InlineData("var o = { a: 1, b: 1, c: 1 }, r = ''; for (var k in o) { r += k; delete o.b } return r", "ac")]
    [InlineData("function P() { this.own = 1 } P.prototype.up = 1; var r = ''; for (var k in new P()) r += k + ' '; return r", "own up ")]
    [InlineData("var o = {}; for (o.key in { z: 1 }); return o.key", "z")]
    [InlineData("var r = ''; for (const k in [7, 8]) r += k; return r", "01")]
    [InlineData("var r = ''; for (var i = 0; i < 6; i++) switch (i) { case 1: r += 'a'; case 2: r += 'b'; break; case 'x': r += 'x'; default: r += 'd'; case 4: r += 'e' } return r",
        "dea" + "b" + "b" + "de" + "e" + "de")]
    [InlineData("switch (3) { default: return 'none'; case 1 + 2: return 'three' }", "three")]
    [InlineData("switch (1) { case 1: let a = 'in'; return a }", "in")]
    [InlineData("if (0) return 1; else if ('') return 2; else return 3", "3")]
    [InlineData("for (let i = 0, n = 3; ; i++) if (i == n) return i", "3")]
    [InlineData("for (var k in event) return k + event[k]", "xevent x")]
    [InlineData("{ function f() { return 1 } } return typeof f", "undefined")]
    public void Statements_DoWhatTheyAreFor(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    [Theory]
    [InlineData("function f() { try { return 'try' } finally { log += 'finally ' } }", "finally try")]
    [InlineData("function f() { try { return 'try' } finally { return 'finally' } }", "finally")]
    [InlineData("function f() { try { throw 'thrown' } catch (e) { return e } finally { log += 'f ' } }", "f thrown")]
    [InlineData("function f() { try { try { throw 1 } finally { log += 'inner ' } } catch (e) { return 'caught ' + e } }", "inner caught 1")]
    [InlineData("function f() { try { throw 1 } catch (e) { throw e + 1 } finally { log += 'f ' } }", "f threw 2")]
    [InlineData("function f() { for (var i = 0; i < 3; i++) { try { if (i == 0) continue; if (i == 1) break } finally { log += i } } return ' out' + i }", "01 out1")]
    [InlineData("function f() { for (;;) { try { return 'lost' } finally { break } } return 'kept' }", "kept")]
    [InlineData("function f() { try { throw 1 } finally { return 'swallowed' } }", "swallowed")]
    [InlineData("function f() { try { try { return 'r' } finally { log += 1 } } finally { log += 2 } }", "12r")]
    [InlineData("function f() { l: { try { break l } finally { log += 'f' } } return 'after' }", "fafter")]
    [InlineData("function f() { try { try { throw 1 } finally { throw 2 } } catch (e) { return e } }", "2")]
    [InlineData("function f() { var x = 1; try { return x } finally { x = 2 } }", "1")]
    [InlineData("function f() { try { } finally { log += 'f' } return 'end' }", "fend")]
    [InlineData("function f() { try { g() } catch (e) { return 'from g: ' + e } } function g() { try { throw 'x' } finally { log += 'g ' } }", "g from g: x")]
    [InlineData("function f() { var r = ''; for (var i = 0; i < 2; i++) { try { throw i } catch (e) { r += e; continue } } return r }", "01")]
    public void Finally_RunsOnEveryWayOut(string function, string expected) =>
        Assert.Equal(expected, Script.Run($"var log = ''; {function} try {{ return log + (r = f(), log === '' ? '' : '') + log + r }} catch (e) {{ return log + 'threw ' + e }} var r;"));

    [Fact]
    public void LetInALoopBody_IsUndefinedInEachRound() =>
        Assert.Equal("undefined undefined ", Script.Run("var r = ''; for (var i = 0; i < 2; i++) { let x; r += x + ' '; x = 1 } return r"));
}
