using Brink.JavaScript;
using Brink.JavaScript.Syntax;

namespace Brink.Tests.JavaScript.Syntax;

/// <summary>Functions spec 5.2, row by row: what each runtime accepts, and the engine's words where it does not.</summary>
public sealed class DialectTests
{
    private const string Const10 = "Token \"const\" not supported in this version";
    private const string Let10 = "Token \"let\" not supported in this version";
    private const string Async10 = "Token \"async\" not supported in this version";
    private const string Arrow = "Unexpected token \"=>\"";
    private const string Ellipsis = "Unexpected token \"...\"";
    private const string Of = "Token \"of\" not supported in this version";
    private const string NonDefault = "Non-default import is not supported";
    private const string AwaitArguments = "await in arguments not supported";

    [Theory]
    [InlineData("a: while (1) { break a } switch (a) { default: } do ; while (0); for (b in {}) ;")]
    [InlineData("'use strict'; var a = 1")]
    [InlineData("var f = (a, ...b) => `x${`y${a}`}` + 2 ** 3")]
    [InlineData("var a = 1, o = { a, f() {}, ['k' + a]: 1, get g() { return 1 }, set g(v) {} }")]
    [InlineData("String`x`; var a = 0b1 + 0o7; a **= 2; f(1,)")]
    [InlineData("a ?? b")]
    [InlineData("/(?<name>a)(?<=b)/gim")]
    [InlineData("var s = '\\u{1F600}'")]
    [InlineData("import c from 'crypto'")]
    [InlineData("var c = require('crypto')")]
    public void BothRuntimes_Accept(string source)
    {
        Parsed.Tree(source, Runtime.CloudFrontJs10);
        Parsed.Tree(source, Runtime.CloudFrontJs20);
    }

    [Theory]
    [InlineData("let a = 1", Let10)]
    [InlineData("const a = 1", Const10)]
    [InlineData("for (let i;;) ;", Let10)]
    [InlineData("for (const k in o) ;", Const10)]
    [InlineData("async function f() {}", Async10)]
    [InlineData("x = async function () {}", Async10)]
    [InlineData("x = async () => 1", Arrow)]
    [InlineData("x = async a => 1", "Unexpected token \"a\"")]
    [InlineData("async function f() { await 1 }", Async10)]
    [InlineData("async function f() { x = (await k.exists(a)) ? await k.get(a) : 'z' }", Async10)]
    [InlineData("1_000", "Unexpected token \"_000\"")]
    [InlineData("/a/y", "Invalid RegExp flags \"y\"")]
    public void Runtime20_AcceptsWhat10Refuses(string source, string message)
    {
        Parsed.Tree(source, Runtime.CloudFrontJs20);
        var problem = Parsed.Problem("\n\n" + source, Runtime.CloudFrontJs10);
        Assert.Equal($"{message} in 3", problem.Message);
        Assert.Equal(3, problem.Position.Line);
        Assert.NotNull(problem.Rewrite);
    }

    [Theory]
    [InlineData("for (var x of [1]) {}", Of)]
    [InlineData("for (x of [1]) {}", Of)]
    [InlineData("class A {}", "Token \"class\" not supported in this version")]
    [InlineData("var a = class {}", "Token \"class\" not supported in this version")]
    [InlineData("function* g() {}", "Unexpected token \"*\"")]
    [InlineData("x = { *g() {} }", "Unexpected token \"*\"")]
    [InlineData("function f() { new.target }", "Unexpected token \".\"")]
    [InlineData("var {a} = {}", "Token \"a\" not supported in this version")]
    [InlineData("var [a] = []", "Token \"a\" not supported in this version")]
    [InlineData("for (var {a} in b) ;", "Token \"a\" not supported in this version")]
    [InlineData("function f({a}) {}", "Token \"{\" not supported in this version")]
    [InlineData("function f([a]) {}", "Token \"[\" not supported in this version")]
    [InlineData("var f = ({a}) => a", Arrow)]
    [InlineData("var f = ([a]) => a", Arrow)]
    [InlineData("var f = (a = 1) => a", Arrow)]
    [InlineData("function f(a = 1) {}", "Unexpected token \"=\"")]
    [InlineData("f(...a)", Ellipsis)]
    [InlineData("[...a]", Ellipsis)]
    [InlineData("x = {...a}", "Token \"...\" not supported in this version")]
    [InlineData("var x = a?.b;", "Unexpected token \";\"")]
    [InlineData("if (a?.b) {}", "Unexpected token \")\"")]
    [InlineData("a?.b.c()", "Unexpected token \".\"")]
    [InlineData("a?.[0]", "Unexpected token \"[\"")]
    [InlineData("a?.()", "Unexpected token \"(\"")]
    [InlineData("a ??= 1", "Unexpected token \"=\"")]
    [InlineData("a ||= 1", "Unexpected token \"=\"")]
    [InlineData("a &&= 1", "Unexpected token \"=\"")]
    [InlineData("try {} catch {}", "Token \"{\" not supported in this version")]
    [InlineData("try {} catch ({a}) {}", "Token \"{\" not supported in this version")]
    [InlineData("var a = 10n", "Unexpected token \"n\"")]
    [InlineData("with (a) {}", "Token \"(\" not supported in this version")]
    [InlineData("010", "Unexpected token \"01\"")]
    [InlineData("delete a", "Delete of an unqualified identifier")]
    [InlineData("delete (a)", "Delete of an unqualified identifier")]
    [InlineData("import {x} from 'm'", NonDefault)]
    [InlineData("import * as x from 'm'", NonDefault)]
    [InlineData("import 'm'", NonDefault)]
    [InlineData("import('m')", "Non-default import is not supported")]
    [InlineData("x = import('m')", "Unexpected token \"import\"")]
    [InlineData("export default handler", "Illegal export statement")]
    [InlineData("export function handler() {}", "Illegal export statement")]
    [InlineData("/a/u", "Invalid RegExp flags \"u\"")]
    [InlineData("/a/s", "Invalid RegExp flags \"s\"")]
    [InlineData("/a/d", "Invalid RegExp flags \"d\"")]
    [InlineData("a ?? b || c", "Unexpected token \"||\"")]
    [InlineData("a && b ?? c", "Unexpected token \"??\"")]
    [InlineData("-1 ** 2", "Either left-hand side or entire exponentiation must be parenthesized")]
    [InlineData("function f() { () => arguments } arguments", "\"arguments\" object in global scope")]
    [InlineData("var é = 1", "Unexpected token \"é\"")]
    [InlineData("var \\u0061 = 1", "Unexpected token \"\\\"")]
    public void BothRuntimes_RefuseAndSayWhatToWrite(string source, string message)
    {
        foreach (var runtime in new[] { Runtime.CloudFrontJs10, Runtime.CloudFrontJs20 })
        {
            var problem = Parsed.Problem("\n\n" + source, runtime);
            Assert.Equal(("SyntaxError", $"{message} in 3"), (problem.Kind, problem.Message));
            Assert.NotNull(problem.Rewrite);
        }
    }

    [Theory]
    [InlineData("for (const x of [1]) {}", Of)]
    [InlineData("async function f() { for await (x of y) {} }", "Token \"await\" not supported in this version")]
    [InlineData("let {a} = {}", "Token \"a\" not supported in this version")]
    [InlineData("const [a] = []", "Token \"a\" not supported in this version")]
    [InlineData("async function f() { g(await 1) }", AwaitArguments)]
    [InlineData("async function f() { new X(await 1) }", AwaitArguments)]
    [InlineData("async function f() { g({ a: [`${await 1}`] }) }", AwaitArguments)]
    [InlineData("async function f() { g(1)(a ? await 1 : 2) }", AwaitArguments)]
    [InlineData("await 1", "await is only valid in async functions")]
    [InlineData("function f() { await (1) }", "await is only valid in async functions")]
    [InlineData("async function f() { g(() => await 1) }", "await is only valid in async functions")]
    [InlineData("x = { async *f() {} }", "Unexpected token \"async\"")]
    [InlineData("if (1) async function f() {}", Async10)]
    public void Runtime20_RefusesAndSaysWhatToWrite(string source, string message)
    {
        var problem = Parsed.Problem("\n" + source);
        Assert.Equal(("SyntaxError", $"{message} in 2"), (problem.Kind, problem.Message));
        Assert.NotNull(problem.Rewrite);
    }

    [Theory]
    [InlineData("x = (await k.exists(a)) ? await k.get(a) : 'z'")]
    [InlineData("if (await a) throw await b; return await c")]
    [InlineData("x = `${await a}` + { a: await b, c: [await c] }[await d]")]
    [InlineData("(await a)(1).b = await c.d(1)")]
    [InlineData("f(async () => { await 1 }, async a => await a, async function () { await 1 }, { async m() { await 1 } })")]
    [InlineData("t`${await 1}`")]
    [InlineData("for (; await a;) ; for (var k in await o) ; while (await b) ;")]
    public void Await_IsFineOutsideOfArguments(string body) => Parsed.Tree($"async function f() {{ {body} }}");

    [Theory]
    [InlineData("a = ", "Unexpected end of input in 1")]
    [InlineData("function f() {\n if (a) {", "Unexpected end of input in 2")]
    [InlineData("a b", "Unexpected token \"b\" in 1")]
    [InlineData("var \"a\"", "Unexpected token \"a\" in 1")]
    [InlineData("return 1", "Illegal return statement in 1")]
    [InlineData("break", "Illegal break statement in 1")]
    [InlineData("while (1) { function f() { break } }", "Illegal break statement in 1")]
    [InlineData("continue", "Illegal continue statement in 1")]
    [InlineData("a: { continue a }", "Illegal continue statement in 1")]
    [InlineData("a: while (1) { continue b }", "Undefined label \"b\" in 1")]
    [InlineData("a: a: 1", "Label \"a\" has already been declared in 1")]
    [InlineData("'abc", "Unterminated string \"'abc\" in 1")]
    [InlineData("'abc\n'", "Unterminated string \"'abc\n\" in 1")]
    [InlineData("'abc\r\n'", "Unterminated string \"'abc\r\" in 1")]
    [InlineData("'abc\r'", "Unterminated string \"'abc\r\" in 1")]
    [InlineData("'a\\\nb\n'", "Unterminated string \"'a\\\nb\n\" in 1")]
    [InlineData("'\\u00g0", "Unterminated string \"'\\u00g0\" in 1")]
    [InlineData("'abc\\", "Unterminated string \"'abc\\\" in 1")]
    [InlineData("`abc\n", "Unterminated template literal in 2")]
    [InlineData("`\\u00g0", "Unterminated template literal in 1")]
    [InlineData("`\\", "Unterminated template literal in 1")]
    [InlineData("`${", "Unexpected end of input in 1")]
    [InlineData("`${ ", "Unexpected end of input in 1")]
    [InlineData("`a${1} ${", "Unexpected end of input in 1")]
    [InlineData("`${`${", "Unexpected end of input in 1")]
    [InlineData("f`${", "Unexpected end of input in 1")]
    [InlineData("`${a,", "Unexpected end of input in 1")]
    [InlineData("`${(a", "Unexpected end of input in 1")]
    [InlineData("`${1", "Missing \"}\" in template expression in 1")]
    [InlineData("0x", "Unexpected token \"0x\" in 1")]
    [InlineData("0B", "Unexpected token \"0B\" in 1")]
    [InlineData("`${}`", "Unexpected token \"}\" in 1")]
    [InlineData("`${1 2}`", "Missing \"}\" in template expression in 1")]
    [InlineData("/a", "Unterminated RegExp \"/a\" in 1")]
    [InlineData("/[/\n]/", "Unterminated RegExp \"/[/\" in 1")]
    [InlineData("/a/gg", "Invalid RegExp flags \"gg\" in 1")]
    [InlineData("/* a", "Unexpected token \"/*\" in 1")]
    [InlineData("#!/bin/njs", "Unexpected token \"#\" in 1")]
    [InlineData("@", "Unexpected token \"@\" in 1")]
    [InlineData("--> a", "Unexpected token \">\" in 1")]
    [InlineData("'\\u{110000}'", "Invalid Unicode code point \"\\u{110000}\" in 1")]
    [InlineData("'\\xg'", "Invalid Unicode code point \"\\xg\" in 1")]
    [InlineData("'\\u12'", "Invalid Unicode code point \"\\u12\" in 1")]
    [InlineData("'\\1'", "Octal escape sequences can't be used in untagged template literals or in strict mode code in 1")]
    [InlineData("'\\8'", "The escapes \\8 and \\9 can't be used in untagged template literals or in strict mode code in 1")]
    [InlineData("08", "Unexpected token \"08\" in 1")]
    [InlineData("3a", "Unexpected token \"a\" in 1")]
    [InlineData("0b2", "Unexpected token \"0b2\" in 1")]
    [InlineData("1__0", "Unexpected token \"__0\" in 1")]
    [InlineData("1_", "Unexpected token \"_\" in 1")]
    [InlineData("1e", "Unexpected token \"e\" in 1")]
    [InlineData("const a", "missing initializer in const declaration")]
    [InlineData("function f(a, a) {}", "Duplicate parameter names in 1")]
    [InlineData("(a, a) => 1", "Duplicate parameter names in 1")]
    [InlineData("function f(...a, b) {}", "Rest parameter must be last formal parameter in 1")]
    [InlineData("a\n=> 1", "Unexpected token \"=>\" in 2")]
    [InlineData("() => {}()", "Unexpected token \"(\" in 1")]
    [InlineData("()", "Unexpected token \")\" in 1")]
    [InlineData("throw\na", "Illegal newline after throw in 2")]
    [InlineData("try {}", "Missing catch or finally after try in 1")]
    [InlineData("switch (1) { default: default: }", "More than one default clause in switch statement in 1")]
    [InlineData("if (1) function f() {}", "Functions can only be declared at top level or inside a block in 1")]
    [InlineData("if (1) let a", "let declaration cannot appear in a single-statement context in 1")]
    [InlineData("eval = 1", "Identifier \"eval\" is forbidden as left-hand in assignment in 1")]
    [InlineData("function f() { arguments = 1 }", "Identifier \"arguments\" is forbidden as left-hand in assignment in 1")]
    [InlineData("var eval", "Identifier \"eval\" is forbidden in var declaration in 1")]
    [InlineData("function eval() {}", "Identifier \"eval\" is forbidden in function declaration in 1")]
    [InlineData("for (var a = 1 in b) ;", "Invalid left-hand side in for-loop in 1")]
    [InlineData("for (a, b in c) ;", "Invalid left-hand side in for-loop in 1")]
    [InlineData("for (let a, b in c) ;", "Unexpected token \"in\" in 1")]
    [InlineData("x = { get a(b) {} }", "Getter must not have any formal parameters in 1")]
    [InlineData("x = { set a() {} }", "Setter must have exactly one formal parameter in 1")]
    [InlineData("x = { __proto__: a, __proto__: b }", "Duplicate __proto__ fields are not allowed in object literals in 1")]
    [InlineData("x = { if }", "Unexpected token \"}\" in 1")]
    [InlineData("x = { a = 1 }", "Token \"=\" not supported in this version in 1")]
    [InlineData("{ import a from 'crypto' }", "Illegal import statement in 1")]
    [InlineData("var static", "Unexpected token \"static\" in 1")]
    [InlineData("let let", "Unexpected token \"let\" in 1")]
    public void WrongSource_IsRefusedInTheWordsOfTheEngine(string source, string message)
    {
        var problem = Parsed.Problem(source);
        Assert.Equal(("SyntaxError", message), (problem.Kind, problem.Message));
    }

    [Theory]
    [InlineData("1 = 2", "Invalid left-hand side in assignment in 1")]
    [InlineData("a() += 1", "Invalid left-hand side in assignment in 1")]
    [InlineData("[a, b] = [b, a]", "Invalid left-hand side in assignment in 1")]
    [InlineData("({a} = b)", "Invalid left-hand side in assignment in 1")]
    [InlineData("a()++", "Invalid left-hand side in postfix operation in 1")]
    [InlineData("--eval", "Invalid left-hand side in prefix operation in 1")]
    [InlineData("for (a() in b) ;", "Invalid left-hand side \"a\" in for-in statement in 1")]
    public void InvalidTarget_IsAReferenceError(string source, string message)
    {
        var problem = Parsed.Problem(source);
        Assert.Equal(("ReferenceError", message), (problem.Kind, problem.Message));
    }

    [Fact]
    public void Refusal_QuotesLongSourceInPart() => Assert.InRange(Parsed.Problem("'" + new string('x', 5000)).Message.Length, 200, 300);
}
