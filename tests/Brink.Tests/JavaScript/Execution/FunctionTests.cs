namespace Brink.Tests.JavaScript.Execution;

public class FunctionTests
{
    // charAt and charCodeAt of a name with a name are one instruction, with the call behind it for all it does not do itself.
    [Theory]
    [InlineData("var s = 'abc', i = 1; return s.charAt(i) + s.charCodeAt(i)", "b98")]
    [InlineData("var s = 'abc', i = 3; return '[' + s.charAt(i) + ']' + s.charCodeAt(i)", "[]NaN")]
    [InlineData("var s = 'abc', i = -1; return '[' + s.charAt(i) + ']' + s.charCodeAt(i)", "[]NaN")]
    [InlineData("var s = 'abc', i = 1.9; return s.charAt(i) + s.charCodeAt(i)", "b98")]
    [InlineData("var s = 'abc', i = -0; return s.charAt(i) + s.charCodeAt(i)", "a97")]
    [InlineData("var s = 'abc', i; return s.charAt(i) + s.charCodeAt(i)", "a97")]
    [InlineData("var s = 'abc', i = '2'; return s.charAt(i) + s.charCodeAt(i)", "c99")]
    [InlineData("var s = 'a😀c', i = 1; return s.charAt(i) + s.charCodeAt(i) + s.charAt(2)", "😀128512c")]
    [InlineData("var s = 'aЖc', i = 1; return s.charAt(i) + s.charCodeAt(i)", "Ж1046")]
    [InlineData("var s = 'xabc'.slice(1), i = 0; s = s.charAt(i); return s", "a")]
    [InlineData("var s = 123, i = 1; s.charAt(i)", "TypeError: (intermediate value)[\"charAt\"] is not a function")]
    [InlineData("var s, i = 1; s.charAt(i)", "TypeError: cannot get property \"charAt\" of undefined")]
    [InlineData("var s = { charAt: function (i) { return 'own ' + i + this.v }, v: 7 }, i = 1; return s.charAt(i)", "own 17")]
    [InlineData("var s = 'abc', i = 1; String.prototype.charAt = function (i) { return this + i }; return s.charAt(i)", "abc1")]
    [InlineData("var s = 'abc', i = 0, n = 0; for (; i < s.length; i++) n += s.charCodeAt(i); return n", "294")]
    public void CharacterOfAText_IsWhatTheCallGives(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    [Theory]
    [InlineData("var fs = []; for (let i = 0; i < 3; i++) fs[i] = () => i; return fs[0]() + ',' + fs[1]() + ',' + fs[2]()", "0,1,2")]
    [InlineData("var fs = []; for (var i = 0; i < 3; i++) fs[i] = () => i; return fs[0]() + ',' + fs[2]()", "3,3")]
    [InlineData("var fs = []; for (let i = 0; i < 3; i++) { fs[i] = () => i; i++ } return fs[0]() + ',' + fs[2]()", "1,3")]
    [InlineData("var fs = []; for (const k in { a: 1, b: 1 }) fs[fs.length] = () => k; return fs[0]() + fs[1]()", "ab")]
    [InlineData("var fs = []; for (var i = 0; i < 2; i++) { let n = i * 10; fs[i] = () => n++ } return fs[0]() + fs[0]() + fs[1]() + ''", "11")]
    [InlineData("function counter() { var n = 0; return { up: () => ++n, get: () => n } } var a = counter(), b = counter(); a.up(); a.up(); b.up(); return a.get() + ',' + b.get()", "2,1")]
    [InlineData("function f(a) { function g() { return a++ } g(); return a } return f(1)", "2")]
    [InlineData("function outer(x) { return function middle(y) { return function inner(z) { return x + y + z } } } return outer(1)(2)(3)", "6")]
    [InlineData("var f = function g(n) { return n ? n * g(n - 1) : 1 }; return f(5)", "120")]
    [InlineData("return f(); function f() { return 'hoisted' }", "hoisted")]
    [InlineData("try { throw 1 } catch (e) { var f = () => e } return f()", "1")]
    [InlineData("var f; { let x = 1; f = () => x; x = 2 } return f()", "2")]
    public void Closures_KeepTheirVariables(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    [Theory]
    [InlineData("return (function () { return arguments.length + ':' + arguments[0] + arguments[2] })(1, 2, 3)", "3:13")]
    [InlineData("return (function (a) { a = 9; return arguments[0] })(1)", "1")]
    [InlineData("return (function () { return (() => arguments[0])() })(7)", "7")]
    [InlineData("return ((a, ...rest) => rest.length + ':' + rest[1])(1, 2, 3)", "2:3")]
    [InlineData("return ((...rest) => rest.length)()", "0")]
    [InlineData("function f(a, b) { var c; return a + ',' + b + ',' + c } return f(1) + f(1, 2, 3)", "1,undefined,undefined1,2,undefined")]
    [InlineData("function f(a, b, ...c) {} return f.length + f.name + (() => 1).length", "2f0")]
    [InlineData("return (function () { return typeof this })()", "undefined")]
    [InlineData("var o = { v: 1, f() { return (() => (() => this.v)())() } }; return o.f()", "1")]
    [InlineData("var o = { v: 1, f: () => typeof this }; return o.f()", "undefined")]
    [InlineData("var o = { v: 1, f() { return this.v } }; var f = o.f; try { return f() } catch (e) { return e.message }", "cannot get property \"v\" of undefined")]
    public void Parameters_AndThis(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    [Theory]
    [InlineData("function P(v) { this.v = v } P.prototype.get = function () { return this.v }; return new P(3).get()", "3")]
    [InlineData("function P() { return { other: 1 } } return new P().other", "1")]
    [InlineData("function P() { this.a = 1; return 5 } return new P().a", "1")]
    [InlineData("function P() {} var p = new P; return p instanceof P && p.constructor === P && P.prototype.constructor === P", "true")]
    [InlineData("function P() {} var p = new P(); P.prototype = {}; return p instanceof P", "false")]
    [InlineData("function A() {} A.prototype.x = 1; function B() {} B.prototype = new A(); return new B().x", "1")]
    [InlineData("var o = { P: function () { this.v = 2 } }; return new o.P().v", "2")]
    [InlineData("try { new (() => 1)() } catch (e) { return e.message }", "function is not a constructor")]
    [InlineData("var o = { m() {} }; try { new o.m() } catch (e) { return e.message }", "function is not a constructor")]
    [InlineData("try { new 5() } catch (e) { return e.message }", "number is not a function")]
    public void New_MakesInstances(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    [Theory]
    [InlineData("null.x", "cannot get property \"x\" of null")]
    [InlineData("var o; o.a.b", "cannot get property \"a\" of undefined")]
    [InlineData("var o = {}; o.a.b", "cannot get property \"b\" of undefined")]
    [InlineData("var o = {}, k = 'k'; o.a[k]", "cannot get property \"k\" of undefined")]
    [InlineData("var o = {}; o.b()", "(intermediate value)[\"b\"] is not a function")]
    [InlineData("var o = {}; o['b' + 1]()", "(intermediate value)[\"b1\"] is not a function")]
    [InlineData("var f; f()", "undefined is not a function")]
    [InlineData("missing", "\"missing\" is not defined")]
    [InlineData("missing = 1", "\"missing\" is not defined")]
    [InlineData("missing++", "\"missing\" is not defined")]
    [InlineData("var o; o.b = 1", "property set on primitive undefined type")]
    [InlineData("'abc'.length = 1", "property set on primitive string type")]
    [InlineData("a; let a = 1", "cannot access variable before initialization")]
    [InlineData("f(); let a = 1; function f() { return a }", "cannot access variable before initialization")]
    [InlineData("a = 1; let a", "cannot access variable before initialization")]
    [InlineData("let a = a", "cannot access variable before initialization")]
    [InlineData("const c = 1; c = 2", "assignment to constant variable")]
    [InlineData("const c = 1; (() => { c++ })()", "assignment to constant variable")]
    [InlineData("(function f() { f = 1 })()", "assignment to constant variable")]
    [InlineData("1 in 2", "property \"in\" on primitive number type")]
    [InlineData("({}) instanceof 1", "right argument is not callable")]
    [InlineData("var o = { get a() { return 1 } }; o.a = 2", "Cannot set property \"a\" of object which has only a getter")]
    [InlineData("function f() { return f() + 1 } f()", "Maximum call stack size exceeded")]
    [InlineData("var o = { get a() { return this.a } }; o.a", "Maximum call stack size exceeded")]
    [InlineData("var o = { toString() { return '' + this } }; '' + o", "Maximum call stack size exceeded")]
    public void Mistakes_ThrowInTheWordsOfTheRuntime(string body, string message) =>
        Assert.Equal(message, Script.Run($"try {{ (function () {{ {body} }})() }} catch (e) {{ return e.message }}"));

    [Fact]
    public void CalleeThatIsNoFunction_ThrowsBeforeTheArguments() =>
        Assert.Equal("0", Script.Run("var n = 0, o = {}; try { o.f(n++) } catch (e) {} return n"));
}
