using Brink.JavaScript;
using Brink.JavaScript.Syntax;

namespace Brink.Tests.JavaScript.Syntax;

public sealed class ParserTreeTests
{
    [Theory]
    [InlineData("a + b * c", "(+ #a (* #b #c))")]
    [InlineData("a - b - c", "(- (- #a #b) #c)")]
    [InlineData("2 ** 3 ** 2", "(** 2 (** 3 2))")]
    [InlineData("2 ** -1", "(** 2 (minus 1))")]
    [InlineData("a * b ** c", "(* #a (** #b #c))")]
    [InlineData("a || b && c | d", "(|| #a (&& #b (| #c #d)))")]
    [InlineData("a ?? b ?? c", "(?? (?? #a #b) #c)")]
    [InlineData("a < b === c << 1 + 2", "(=== (< #a #b) (<< #c (+ 1 2)))")]
    [InlineData("a = b = c", "(= #a (= #b #c))")]
    [InlineData("a >>>= b **= 2", "(>>>= #a (**= #b 2))")]
    [InlineData("a ? b : c ? d : e", "(? #a #b (? #c #d #e))")]
    [InlineData("a ? .5 : 1", "(? #a 0.5 1)")]
    [InlineData("!a.b(c)[d]++", "(not (post++ (call #a.b #c)[#d]))")]
    [InlineData("typeof -a", "(typeof (minus #a))")]
    [InlineData("- --a", "(minus (pre-- #a))")]
    [InlineData("new a.b(c).d", "(new #a.b #c).d")]
    [InlineData("new new a()(b)", "(new (new #a) #b)")]
    [InlineData("new a", "(new #a)")]
    [InlineData("a, b", "(, #a #b)")]
    [InlineData("'a' in b instanceof c", "(instanceof (in 'a' #b) #c)")]
    [InlineData("a.if.class.static", "#a.if.class.static")]
    [InlineData("f(1,)", "(call #f 1)")]
    [InlineData("[,1,,2,]", "(array _ 1 _ 2)")]
    [InlineData("a <!--b", "(< #a (not (pre-- #b)))")]
    [InlineData("`a${1}b${`c${2}`}`", "(template 'a' 1 'b' (template 'c' 2 '') '')")]
    [InlineData("`}${{a: 1}.a}{`", "(template '}' (object (= a 1)).a '{')")]
    [InlineData("a.b`c${d}`", "(tag #a.b (template 'c' #d ''))")]
    [InlineData("a => a", "(arrow _ [a] a)")]
    [InlineData("(a, ...b) => ({})", "(arrow _ [a ...b] (object))")]
    [InlineData("() => {}", "(arrow _ [] (do))")]
    [InlineData("a => b => a", "(arrow _ [a^] (arrow _ [b] a^))")]
    [InlineData("async a => await a", "(async-arrow _ [a] (await a))")]
    [InlineData("async (a) => {}", "(async-arrow _ [a] (do))")]
    [InlineData("async(a)", "(call #async #a)")]
    [InlineData("async () => await a ** 2", "(async-arrow _ [] (** (await #a) 2))")]
    public void Expression_HasThisTree(string source, string tree) => Assert.Equal(tree, Parsed.Text("(" + source + ")"));

    [Theory]
    [InlineData("x = {a, b: 1, 'c': 2, 3: 3, [d]: 4, if: 5,}", "(= #x (object (= a #a) (= b 1) (= c 2) (= 3 3) (= [#d] 4) (= if 5)))")]
    [InlineData("x = {0x10: 1, 1e3: 2, .5: 3, 1e21: 4, 1e-7: 5}", "(= #x (object (= 16 1) (= 1000 2) (= 0.5 3) (= 1e+21 4) (= 1e-7 5)))")]
    [InlineData("x = {1.25e3: 1, 0.000001: 2, 123456789012345680000: 3, 1.5e-9: 4}",
        "(= #x (object (= 1250 1) (= 0.000001 2) (= 123456789012345680000 3) (= 1.5e-9 4)))")]
    [InlineData("x = {f() {}, get g() {}, set g(v) {}, async h() {}, get: 1, set() {}}",
        "(= #x (object (= f (method f [] (do))) (get g (getter get g [] (do))) (set g (setter set g [v] (do)))"
        + " (= h (async-method h [] (do))) (= get 1) (= set (method set [] (do)))))")]
    [InlineData("x = {__proto__: a}", "(= #x (object (proto __proto__ #a)))")]
    [InlineData("x = {__proto__}", "(= #x (object (= __proto__ #__proto__)))")]
    [InlineData("x = {['__proto__']: a}", "(= #x (object (= ['__proto__'] #a)))")]
    [InlineData("x = {f: function () {}, g: () => 1, h: function i() {}}",
        "(= #x (object (= f (normal f [] (do))) (= g (arrow g [] 1)) (= h (normal i [] (do)))))")]
    public void ObjectLiteral_HasThisTree(string source, string tree) => Assert.Equal(tree, Parsed.Text(source));

    [Theory]
    [InlineData("if (a) b; else if (c) d; else e", "(if #a #b (if #c #d #e))")]
    [InlineData("for (;;) a", "(for _ _ _ #a)")]
    [InlineData("for (var i = 0, n = 2; i < n; i++) {}", "(for (var (i 0) (n 2)) (< i n) (post++ i) (block))")]
    [InlineData("for (var i = ('a' in b); ; ) {}", "(for (var (i (in 'a' #b))) _ _ (block))")]
    [InlineData("for (const k in o) k", "(for-in k #o k)")]
    [InlineData("for (a.b in c, d) ;", "(for-in #a.b (, #c #d) ())")]
    [InlineData("a: b: while (1) { continue a; break a }", "(label a (label b (while 1 (block (continue a) (break a)))))")]
    [InlineData("do a; while (1) b", "(do-while #a 1) #b")]
    [InlineData("switch (a) { case 1: b; default: case 2: break }", "(switch #a (case 1 #b) (default) (case 2 (break)))")]
    [InlineData("try { a } catch (e) { e } finally { b }", "(try (block #a) (catch e (block e)) (finally (block #b)))")]
    [InlineData("import c from 'crypto'; c", "(import c crypto) c")]
    [InlineData("'use strict'; let a, b = 1", "'use strict' (let a (b 1))")]
    [InlineData("a: { break a }", "(label a (block (break a)))")]
    [InlineData("throw a", "(throw #a)")]
    [InlineData("debugger", "()")]
    public void Statement_HasThisTree(string source, string tree) => Assert.Equal(tree, Parsed.Text(source));

    [Theory]
    [InlineData("a\nb", "#a #b")]
    [InlineData("a\n++\nb", "#a (pre++ #b)")]
    [InlineData("a = b\n(c)", "(= #a (call #b #c))")]
    [InlineData("a\n/b/g", "(/ (/ #a #b) #g)")]
    [InlineData("function f() { return\n1 }", "(declare f (normal f [] (do (return) 1)))")]
    [InlineData("while (1) { break\na }", "(while 1 (block (break) #a))")]
    [InlineData("a /*\n*/ b", "#a #b")]
    [InlineData("a\r\nb\rc\u2028d", "#a #b #c #d")]
    [InlineData("{ a }", "(block #a)")]
    [InlineData("async\nfunction f() {}", "#async (declare f (normal f [] (do)))")]
    [InlineData("var a = 1\nvar b", "(var (a 1)) (var b)")]
    public void LineEnd_EndsStatementWhereAllowed(string source, string tree) => Assert.Equal(tree, Parsed.Text(source));

    [Theory]
    [InlineData("a / b / c", "(/ (/ #a #b) #c)")]
    [InlineData("a++ / 2", "(/ (post++ #a) 2)")]
    [InlineData("(a) / 2", "(/ #a 2)")]
    [InlineData("x = /[/\\]]\\//gi", "(= #x /[/\\]]\\//gi)")]
    [InlineData("x = /=/", "(= #x /=/)")]
    [InlineData("if (a) /b/.test(c)", "(if #a (call /b/.test #c))")]
    [InlineData("{}\n/a/", "(block) /a/")]
    [InlineData("`${a}` / 2", "(/ (template '' #a '') 2)")]
    [InlineData("typeof /a/", "(typeof /a/)")]
    [InlineData("a = b / c; d / e", "(= #a (/ #b #c)) (/ #d #e)")]
    public void Slash_IsDivisionOrRegularExpression(string source, string tree) => Assert.Equal(tree, Parsed.Text(source));

    [Theory]
    [InlineData("1_000.5_5", 1000.55)]
    [InlineData("0xff", 255)]
    [InlineData("0B11", 3)]
    [InlineData("0o17", 15)]
    [InlineData("1e3", 1000)]
    [InlineData(".5e-1", 0.05)]
    [InlineData("5.", 5)]
    [InlineData("0", 0)]
    [InlineData("9007199254740993", 9007199254740992)]
    [InlineData("1e400", double.PositiveInfinity)]
    public void Number_HasThisValue(string source, double value)
    {
        var statement = Assert.IsType<ExpressionStatement>(Parsed.Tree(source).Body[0]);
        Assert.Equal(value, Assert.IsType<NumberLiteral>(statement.Expression).Value);
    }

    [Theory]
    [InlineData(@"'a\n\t\x41\u0042\u{43}\0\'\""\q'", "a\n\tABC\0'\"q")]
    [InlineData("'a\\\nb\\\r\nc'", "abc")]
    [InlineData(@"'\ud83d\ude00'", "\U0001F600")]
    [InlineData(@"'\u{1F600}'", "\U0001F600")]
    [InlineData(@"'a\ud83db'", "a\uFFFDb")]
    [InlineData(@"'\ude00\ud83d'", "\uFFFD\uFFFD")]
    [InlineData("'\u2028'", "\u2028")]
    [InlineData("''", "")]
    public void String_HasThisValue(string source, string value)
    {
        var statement = Assert.IsType<ExpressionStatement>(Parsed.Tree(source).Body[0]);
        Assert.Equal(value, Assert.IsType<StringLiteral>(statement.Expression).Value);
    }

    [Fact]
    public void Template_KeepsRawTextBesideTheValue()
    {
        var statement = Assert.IsType<ExpressionStatement>(Parsed.Tree("f`a\\n\r\n${1}\\u0041`").Body[0]);
        var template = Assert.IsType<TaggedTemplate>(statement.Expression).Template;
        Assert.Equal(["a\n\n", "A"], template.Strings);
        Assert.Equal(["a\\n\n", "\\u0041"], template.Raw);
    }

    [Fact]
    public void Positions_CountLinesAndColumnsFromOne()
    {
        var program = Parsed.Tree("\uFEFF// head\r\n  a;\n`x\ny`; b");
        Assert.Equal(new Position(12, 2, 3), program.Body[0].Position);
        Assert.Equal(new Position(15, 3, 1), program.Body[1].Position);
        Assert.Equal(new Position(22, 4, 5), program.Body[2].Position);
    }

    [Theory]
    [InlineData("var let = 1, static = 2, await1 = async; let = static", "(var (let 1) (static 2) (await1 #async)) (= let static)")]
    [InlineData("x = {async, async() {}}", "(= #x (object (= async #async) (= async (method async [] (do)))))")]
    public void Runtime10_KnowsLaterKeywordsAsNames(string source, string tree) =>
        Assert.Equal(tree, Parsed.Text(source, Runtime.CloudFrontJs10));
}
