using Brink.Checking;
using Brink.JavaScript;
using Brink.Tests.Functions;
using static Brink.Tests.Checking.Checked;

namespace Brink.Tests.Checking;

/// <summary>Every row of functions spec 5.2 that says no: its rule, its place, and the rewrite with the names of the script.</summary>
public class SyntaxChecksTests
{
    [Theory]
    [InlineData("for (const x of list) f(x);", "for-of 1:14", "list.forEach(function (x) { ... });")]
    [InlineData("for (const x of list) { if (x) break; }", "for-of 1:14", "for (let i = 0; i < list.length; i++) { const x = list[i]; ... }")]
    [InlineData("for (const x of a.b()) { if (x) continue; }", "for-of 1:14", "const list = a.b(); for (let i = 0; i < list.length; i++) { const x = list[i]; ... }")]
    [InlineData("for (const [k, v] of Object.entries(o)) f(k, v);", "for-of 1:12", "Object.keys(o).forEach(function (k) { const v = o[k]; ... });")]
    [InlineData("for (const [k, v] of Object.entries(o.p)) { if (v) break; }", "for-of 1:12", "for (const k in o.p) { const v = o.p[k]; ... }")]
    [InlineData("for (const { a } of list) f(a);", "for-of 1:12", "list.forEach(function (item) { const a = item.a; ... });")]
    [InlineData("async function f() { for await (const x of list) { await g; } }", "for-await 1:41", "for (let i = 0; i < list.length; i++) { const x = list[i]; ... }")]
    [InlineData("const { a, b: c, d = 1 } = o;", "destructuring 1:7", "const a = o.a, c = o.b, d = o.d === undefined ? 1 : o.d;")]
    [InlineData("let { a: { b }, ...rest } = o.p;", "destructuring 1:5", "let b = o.p.a.b, rest = Object.assign({}, o.p);")]
    [InlineData("var [a, , b, ...c] = o;", "destructuring 1:5", "var a = o[0], b = o[2], c = o.slice(3);")]
    [InlineData("const { a } = f();", "destructuring 1:7", "const source = f(); const a = source.a;")]
    [InlineData("[a, b] = [b, a];", "destructuring 1:1", "const source = [b, a]; a = source[0]; b = source[1];")]
    [InlineData("({ a, b } = o);", "destructuring 1:2", "a = o.a; b = o.b;")]
    [InlineData("function f({ a }) { }", "destructuring 1:12", "a plain parameter, and in the body: const a = options.a;")]
    [InlineData("const f = ([a, b]) => a;", "destructuring 1:12", "a plain parameter, and in the body: const a = options[0], b = options[1];")]
    [InlineData("try { f(); } catch ({ message }) { }", "destructuring 1:21", "catch (e) { const message = e.message; ... }")]
    [InlineData("function f(a, b = 2) { }", "default-parameter 1:17", "b, and in the body: if (b === undefined) { b = 2; }")]
    [InlineData("const f = (a = {}) => a;", "default-parameter 1:14", "a, and in the body: if (a === undefined) { a = {}; }")]
    [InlineData("f(...list);", "spread 1:3", "f.apply(null, list)")]
    [InlineData("Math.max(1, ...list);", "spread 1:13", "Math.max.apply(Math, [1].concat(list))")]
    [InlineData("x = [...a, b];", "spread 1:6", "a.concat([b])")]
    [InlineData("x = [...a];", "spread 1:6", "a.slice()")]
    [InlineData("x = { ...a, b: 1 };", "spread 1:7", "Object.assign({}, a, { b: 1 })")]
    [InlineData("x = { b: 1, ...a };", "spread 1:13", "Object.assign({ b: 1 }, a)")]
    [InlineData("x = a?.b;", "optional-chaining 1:6", "(a && a.b)")]
    [InlineData("x = a.b?.c?.[0]?.(1).d;", "optional-chaining 1:8", "(a.b && a.b.c && a.b.c[0] && a.b.c[0](1).d)")]
    [InlineData("a.b ??= 1;", "logical-assignment 1:7", "a.b = a.b ?? 1")]
    [InlineData("a ||= b;", "logical-assignment 1:5", "a = a || b")]
    [InlineData("a &&= b;", "logical-assignment 1:5", "a = a && b")]
    [InlineData("try { f(); } catch { }", "catch-without-binding 1:20", "catch (e) {")]
    [InlineData("class A { constructor(x) { this.x = x; } get() { } }", "class 1:1", "function A(x) { ... } A.prototype.get = function () { ... };")]
    [InlineData("const A = class extends B { static n = 1; };", "class 1:11", "function Thing() { ... }")]
    [InlineData("function* g() { yield 1; }", "generator 1:9", "a function that returns an array")]
    [InlineData("function F() { return new.target; }", "new-target 1:23", "this instanceof F")]
    [InlineData("x = 10n;", "bigint 1:5", "10: numbers are exact up to 2 to the power of 53")]
    [InlineData("x = 017;", "octal-literal 1:5", "0o17")]
    [InlineData("x = 019;", "octal-literal 1:5", "19")]
    [InlineData("delete x;", "delete-name 1:1", "x = undefined;")]
    [InlineData("x = /a/u;", "regexp-flags 1:5", "only the flags g, i, m and y")]
    [InlineData("import { createHash } from 'crypto';", "import-form 1:1", "import crypto from 'crypto'; and crypto.createHash where createHash is used")]
    [InlineData("import * as q from 'querystring';", "import-form 1:1", "import q from 'querystring';")]
    [InlineData("f(import('crypto'));", "import-form 1:3", "import name from 'module'; at the top of the file")]
    [InlineData("export function f() { }", "export 1:1", "the declaration without export: the entry point is the function named handler")]
    [InlineData("export default handler;", "export 1:1", "nothing: the function named handler is the entry point")]
    [InlineData("export { handler };", "export 1:1", "nothing: the entry point is the function named handler")]
    [InlineData("async function f() { g(await h(1)); }", "await-in-arguments 1:24", "const value = await h(1); on a line before, and value in its place")]
    [InlineData("function f() { return await g(); }", "await-outside-async 1:23", "async function f(...) {")]
    [InlineData("const f = () => { await g(); };", "await-outside-async 1:19", "async before the parameters of the arrow function around it")]
    [InlineData("await g();", "await-outside-async 1:1", "the await inside of an async function: async function handler(event) { ... }")]
    public void RefusedConstruct_IsNamedWithItsPlaceAndTheRewrite(string line, string ruleAndPlace, string instead)
    {
        var findings = Findings(line + "\nvar a, b, c, d, o, x, list; function f() { } function g() { } function h() { } function B() { }\nfunction handler(event) { return event.request; }");

        var finding = Assert.Single(findings, finding => finding.AwsError is not null);
        Assert.Equal(ruleAndPlace, $"{finding.Rule.Id} {finding.Line}:{finding.Column}");
        Assert.Equal(instead, finding.Instead);
        Assert.Equal(CheckSeverity.Error, finding.Severity);
        Assert.Equal(line, finding.SourceLine);
    }

    /// <summary>What is advised must itself be accepted.</summary>
    [Theory]
    [InlineData("list.forEach(function (x) { });")]
    [InlineData("for (let i = 0; i < list.length; i++) { const x = list[i]; }")]
    [InlineData("Object.keys(o).forEach(function (k) { const v = o[k]; });")]
    [InlineData("for (const k in o.p) { const v = o.p[k]; }")]
    [InlineData("const a1 = o.a, c1 = o.b, d1 = o.d === undefined ? 1 : o.d;")]
    [InlineData("let b1 = o.p.a.b, rest = Object.assign({}, o.p);")]
    [InlineData("Math.max.apply(Math, [1].concat(list));")]
    [InlineData("x = (a.b && a.b.c && a.b.c[0] && a.b.c[0](1).d);")]
    [InlineData("a.b = a.b ?? 1;")]
    [InlineData("function A(x) { } A.prototype.get = function () { };")]
    [InlineData("try { f(); } catch (e) { const message = e.message; }")]
    public void Rewrite_IsAccepted(string line) =>
        Assert.Empty(Findings(line + "\nvar a, b, c, d, o, x, list; function f() { }\nfunction handler(event) { return event.request; }"));

    [Theory]
    [InlineData("const x = 1;", "const-let 1:1", "var, or runtime cloudfront-js-2.0")]
    [InlineData("let x = 1; const y = 2; let z;", "const-let 1:1", "var, or runtime cloudfront-js-2.0")]
    [InlineData("async function f() { await g(); }", "async 1:1", "a function without async and await, or runtime cloudfront-js-2.0")]
    [InlineData("var x = 1_000;", "numeric-separator 1:9", "1000")]
    [InlineData("var x = /a/y;", "regexp-flags 1:9", "the flags g, i and m, or runtime cloudfront-js-2.0")]
    [InlineData("for (var x of list) g(x);", "for-of 1:12", "list.forEach(function (x) { ... });")]
    public void RefusedConstructIn10_IsNamedWithItsPlaceAndTheRewrite(string line, string ruleAndPlace, string instead)
    {
        var findings = Findings(line + "\nfunction g() { } var list = [];\nfunction handler(event) { return event.request; }", Runtime.CloudFrontJs10);

        var finding = Assert.Single(findings, finding => finding.AwsError is not null);
        Assert.Equal(ruleAndPlace, $"{finding.Rule.Id} {finding.Line}:{finding.Column}");
        Assert.Equal(instead, finding.Instead);
    }

    [Fact]
    public void SeveralConstructs_AreAllFound_AndAwsSpeaksOfTheFirst()
    {
        var findings = Findings("""
            function handler(event) {
              const { uri } = event.request;
              for (const part of uri.split('/')) {
                console.log(part?.length);
              }
              return { ...event.request };
            }
            """);

        Assert.Equal(["destructuring 2", "for-of 3", "optional-chaining 4", "spread 6"], findings.Select(finding => $"{finding.Rule.Id} {finding.Line}"));
        Assert.Equal("SyntaxError: Token \"uri\" not supported in this version in 2", findings[0].AwsError);
        Assert.All(findings.Skip(1), finding => Assert.Null(finding.AwsError));
    }

    /// <summary>Names that come of a pattern are followed like any other: what is wrong with them is found in the same run.</summary>
    [Theory]
    [InlineData("function handler(event) { const { request } = event; request.headers.host = { value: 'a' }; return request; }", "header-read-only")]
    [InlineData("function handler(event) { const { request: { headers } } = event; headers['X-A'] = { value: 'a' }; return event.request; }", "header-name-case")]
    [InlineData("function handler(event) { const { headers, uri } = event.request; headers['x-a'] = 'a'; return event.request; }", "header-value")]
    [InlineData("function handler({ request }) { request.method = 'PUT'; return request; }", "method-read-only")]
    [InlineData("const handler = ({ request: r }) => { r.headers['x-a'] = 1; return r; };", "header-value")]
    [InlineData("function handler(event) { let request; ({ request } = event); request.headers.via = { value: 'a' }; return request; }", "header-read-only")]
    [InlineData("function handler(event) { var { response } = event; response.headers['X-A'] = { value: 'a=1' }; return response; }", "header-name-case")]
    [InlineData("function handler(event) { const { reqest } = event; return reqest; }", "event-property")]
    [InlineData("function handler(event) { var request = event['request']; request.headers.host = { value: 'a' }; return request; }", "header-read-only")]
    [InlineData("function handler(event) { const e = event, r = e.request, h = r.headers; h.host = { value: 'a' }; return r; }", "header-read-only")]
    [InlineData("function handler(event) { const { request } = event; return request.headers; }", "returns-invalid")]
    public void NamesOfAPattern_AreFollowed(string code, string rule)
    {
        var errors = Findings(code).Where(finding => finding.Severity == CheckSeverity.Error && finding.Rule.Id != "destructuring").ToArray();

        Assert.Equal([rule], errors.Select(error => error.Rule.Id));
    }

    [Theory]
    [InlineData("function handler(event) { const { request } = event; request.uri = '/x'; return request; }")]
    [InlineData("function handler({ request }) { request.headers['x-a'] = { value: request.headers.host.value }; return request; }")]
    [InlineData("function f({ headers }) { headers.host = 1; } function handler(event) { f({ headers: {} }); return event.request; }")]
    [InlineData("function handler(event) { const { request = {} } = event; request.method = 'X'; return event.request; }")]
    [InlineData("function handler(event) { const { [event.context.eventType]: x, ...rest } = event; rest.method = x; return event.request; }")]
    public void NamesOfAPattern_ThatAreFineOrUnknown_AreLeftAlone(string code) =>
        Assert.DoesNotContain(Findings(code), finding => finding.Severity == CheckSeverity.Error && finding.Rule.Id is not ("destructuring" or "spread"));

    /// <summary>What the engine finds when it has read everything stands behind what it finds on the way, and is found in the same run.</summary>
    [Theory]
    [InlineData("function f(x) { for (;;) { try { if (x) return 1; break; } catch (e) { } } }", "syntax 1:51",
        "InternalError: break/return instructions with different labels (\"@return\" vs \"\") from try-catch block are not supported")]
    [InlineData("const a;", "syntax 1:7", "SyntaxError: missing initializer in const declaration")]
    [InlineData("lab: try { break lab; } catch (e) { }", "syntax 1:12", "SyntaxError: Illegal break statement in 1")]
    [InlineData("lab: function f() { }", "syntax 1:6", "SyntaxError: In strict mode code, functions can only be declared at top level or inside a block.")]
    [InlineData("for (var i = 0, n = 'x' in {}; ;) { break; }", "syntax 1:25", "SyntaxError: Invalid left-hand side in for-loop in 1")]
    public void RefusalOfTheEngine_IsNamedWithItsPlace(string line, string ruleAndPlace, string error)
    {
        var finding = Assert.Single(Findings(line + "\nfunction handler(event) { return event.request; }"), finding => finding.AwsError is not null);

        Assert.Equal(ruleAndPlace, $"{finding.Rule.Id} {finding.Line}:{finding.Column}");
        Assert.Equal(error, finding.AwsError);
    }

    [Fact]
    public void RefusalOfTheEngine_IsFoundBesideARefusedConstruct()
    {
        var findings = Findings("""
            function f(list) {
              for (;;) {
                try { if (list) return 1; break; } catch (e) { }
              }
            }
            function handler(event) {
              for (const x of f(event)) { console.log(x); }
              return event.request;
            }
            """);

        Assert.Equal(["syntax 3", "for-of 7"], findings.Where(finding => finding.Severity == CheckSeverity.Error).Select(finding => $"{finding.Rule.Id} {finding.Line}"));
        Assert.Equal("SyntaxError: Token \"of\" not supported in this version in 7", findings.Single(finding => finding.AwsError is not null).AwsError);
    }

    /// <summary>What 1.0 reads otherwise than 2.0 is read as 1.0 reads it, also beside what only 1.0 lacks.</summary>
    [Fact]
    public void ScriptFor10_IsCheckedByTheRulesOf10()
    {
        var findings = Findings("""
            const deep = () => () => () => () => () => () => () => () => () => 1;
            function handler(event) {
              for (var i = 0, n = 'x' in event; i < 1; i++) { console.log(n); }
              return event.request;
            }
            """, Runtime.CloudFrontJs10);

        Assert.Equal(["const-let 1", "syntax 1"], findings.Where(finding => finding.Severity == CheckSeverity.Error).Select(finding => $"{finding.Rule.Id} {finding.Line}"));
        Assert.Equal("The maximum function nesting level is \"8\"", findings[1].Message);
    }

    [Fact]
    public void NoJavaScriptAtAll_ChecksUpToThere_AndSaysSo()
    {
        var findings = Findings("function handler(event) {\n  var x = a?.b;\n  return = event;\n}");

        Assert.Equal(["optional-chaining 2", "syntax 3"], findings.Select(finding => $"{finding.Rule.Id} {finding.Line}"));
        Assert.EndsWith("; checking stopped here", findings[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RegularExpressionThatIsNone_IsFoundByTheCompiler()
    {
        var finding = Assert.Single(InHandler("if (/(/.test(request.uri)) { console.log('x'); }"));

        Assert.Equal("syntax", finding.Rule.Id);
        Assert.StartsWith("SyntaxError: ", finding.AwsError, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusedCode_HasTheRewriteInItsCompileError()
    {
        var function = FunctionFixture.Compile("function handler(event) {\n  var h = event.request.headers.host?.value;\n  return event.request;\n}");

        Assert.Equal(
            "under-test.js:2:37: SyntaxError: Unexpected token \";\" in 2\n"
            + "    var h = event.request.headers.host?.value;\n"
            + "                                      ^\n"
            + "  write instead: (event.request.headers.host && event.request.headers.host.value)",
            function.CompileError!.Detail);
    }

    [Theory]
    [InlineData("((((((((((((((((((((((((((((((")]
    [InlineData("[[[[[[[[[[{{{{{{{{{{")]
    [InlineData("class A { static { ")]
    [InlineData("import { ")]
    [InlineData("import * as")]
    [InlineData("import a, ")]
    [InlineData("export {")]
    [InlineData("export default")]
    [InlineData("const { a: { b: [ c = ")]
    [InlineData("for (const [")]
    [InlineData("a?.")]
    [InlineData("a ??=")]
    [InlineData("f(...")]
    [InlineData("function* g() { yield")]
    [InlineData("new.")]
    [InlineData("({ a = ")]
    [InlineData("async (a = ")]
    [InlineData("")]
    [InlineData("\0")]
    public void BrokenCode_IsReportedNotThrown(string code)
    {
        Assert.Contains(Findings(code), finding => finding.Severity == CheckSeverity.Error);
        Assert.Contains(Findings(code, Runtime.CloudFrontJs10), finding => finding.Severity == CheckSeverity.Error);
    }
}
