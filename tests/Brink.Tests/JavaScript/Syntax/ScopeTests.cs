using Brink.JavaScript.Syntax;

namespace Brink.Tests.JavaScript.Syntax;

/// <summary>Resolution of names; the marks are those of <see cref="TreePrinter"/>.</summary>
public sealed class ScopeTests
{
    [Theory]
    [InlineData("a; var a", "a (var a)")]
    [InlineData("{ var a } a", "(block (var a)) a")]
    [InlineData("{ let a } a", "(block (let a)) #a")]
    [InlineData("{ f(); function f() {} } f", "(block (call f) (declare f (normal f [] (do)))) #f")]
    [InlineData("let a; { let a; a } a", "(let a) (block (let a) a) a")]
    [InlineData("try {} catch (e) { var e; e } e", "(try (block) (catch e (block (var e) e))) e")]
    [InlineData("switch (a) { case 1: let b }", "(switch #a (case 1 (let b)))")]
    [InlineData("for (let i;;) { let i; i } i", "(for (let i) _ _ (block (let i) i)) #i")]
    [InlineData("function f(a) { var a; a }", "(declare f (normal f [a] (do (var a) a)))")]
    [InlineData("var f; function f() {}", "(var f) (declare f (normal f [] (do)))")]
    public void Name_BelongsToItsScope(string source, string tree) => Assert.Equal(tree, Parsed.Text(source));

    [Theory]
    [InlineData("var a; function f() { a }", "(var a^) (declare f (normal f [] (do a^)))")]
    [InlineData("function f() { a } var a", "(declare f (normal f [] (do a^))) (var a^)")]
    [InlineData("for (let i;;) { () => i }", "(for (let i^) _ _ (block (arrow _ [] i^)))")]
    [InlineData("for (const k in o) { let v = k; () => v }", "(for-in k #o (block (let (v^ k)) (arrow _ [] v^)))")]
    public void InnerFunction_Captures(string source, string tree) => Assert.Equal(tree, Parsed.Text(source));

    [Theory]
    [InlineData("let a = 1; a", false)]
    [InlineData("a; let a", true)]
    [InlineData("let a = a", true)]
    [InlineData("typeof a; const a = 1", true)]
    [InlineData("a = 1; let a", true)]
    [InlineData("let a = 1; function f() { a }", true)]
    [InlineData("let a = 1; let f = () => a", false)]
    [InlineData("let f = () => a; let a = 1", true)]
    [InlineData("let a = 1; let f = () => { function g() { a } }", true)]
    [InlineData("switch (0) { case 1: let a; break; default: a }", true)]
    [InlineData("switch (0) { case 1: { let a; a } }", false)]
    [InlineData("for (let a in a) {}", true)]
    [InlineData("for (let a in {}) { a }", false)]
    [InlineData("for (let a = 0; a < 1; a++) { a }", false)]
    [InlineData("while (1) { let a; a }", false)]
    [InlineData("a; var a = 1", false)]
    public void InitializationCheck_OnlyWhereUseMayComeFirst(string source, bool needed) =>
        Assert.Equal(needed, Parsed.Text(source).Contains("a!", StringComparison.Ordinal) || Parsed.Text(source).Contains("a^!", StringComparison.Ordinal));

    [Theory]
    [InlineData("function f() { arguments }", "(declare f (normal f [] +arguments (do arguments)))")]
    [InlineData("function f() { () => arguments }", "(declare f (normal f [] +arguments^ (do (arrow _ [] arguments^))))")]
    [InlineData("function f() { function g() { arguments } }", "(declare f (normal f [] (do (declare g (normal g [] +arguments (do arguments))))))")]
    [InlineData("function f(arguments) { arguments }", "(declare f (normal f [arguments] (do arguments)))")]
    [InlineData("x = function f() { f }", "(= #x (normal f [] +f (do f)))")]
    [InlineData("x = function f() { () => f }", "(= #x (normal f [] +f^ (do (arrow _ [] f^))))")]
    [InlineData("x = function f() {}", "(= #x (normal f [] (do)))")]
    [InlineData("x = function f() { let f; f }", "(= #x (normal f [] (do (let f) f)))")]
    [InlineData("x = function f(f) { f }", "(= #x (normal f [f] (do f)))")]
    [InlineData("function f() { f }", "(declare f^ (normal f [] (do f^)))")]
    [InlineData("function f() { this }", "(declare f (normal f [] (do this)))")]
    [InlineData("function f() { () => this }", "(declare f (normal f [] +this^ (do (arrow _ [] this))))")]
    [InlineData("() => this", "(arrow _ [] this)")]
    public void ArgumentsSelfAndThis_ExistWhereUsed(string source, string tree) => Assert.Equal(tree, Parsed.Text(source));

    [Theory]
    [InlineData("const f = () => 1", "(const (f (arrow f [] 1)))")]
    [InlineData("var f = function () {}", "(var (f (normal f [] (do))))")]
    [InlineData("f = function () {}", "(= #f (normal f [] (do)))")]
    [InlineData("a.f = function () {}", "(= #a.f (normal _ [] (do)))")]
    public void Function_TakesNameFromWhereItIsAssigned(string source, string tree) => Assert.Equal(tree, Parsed.Text(source));

    [Fact]
    public void Scopes_FormTheChainOfTheProgram()
    {
        var program = Parsed.Tree("function f(a) { let b; for (let c;;) { let d } function g() {} { function h() {} } }");
        Assert.Null(program.Scope.Function);
        Assert.True(program.Scope.IsFunctionScope);

        var function = Assert.IsType<FunctionDeclaration>(Assert.Single(program.Body)).Function;
        Assert.Same(program.Scope, function.Scope.Parent);
        Assert.Same(function, function.Scope.Function);
        Assert.Equal(["a", "b", "g"], function.Scope.Variables.Select(v => v.Name));
        Assert.Equal("g", Assert.Single(function.Scope.Functions).Variable.Name);

        var loop = Assert.IsType<ForStatement>(function.Body[1]);
        Assert.Same(function.Scope, loop.Scope.Parent);
        Assert.Equal("c", Assert.Single(loop.Scope.Variables).Name);
        Assert.Same(loop.Scope, Assert.IsType<BlockStatement>(loop.Body).Scope.Parent);

        var block = Assert.IsType<BlockStatement>(function.Body[3]);
        Assert.False(block.Scope.IsFunctionScope);
        Assert.Equal("h", Assert.Single(block.Scope.Functions).Variable.Name);
    }

    [Theory]
    [InlineData("let a; let a")]
    [InlineData("var a; let a")]
    [InlineData("let a; var a")]
    [InlineData("let a; { var a }")]
    [InlineData("{ var a } let a")]
    [InlineData("{ let a; { var a } }")]
    [InlineData("function f(a) { let a }")]
    [InlineData("try {} catch (a) { let a }")]
    [InlineData("let a; function a() {}")]
    [InlineData("function a() {} let a")]
    [InlineData("{ function a() {} function a() {} }")]
    [InlineData("{ function a() {} var a }")]
    [InlineData("for (let a;;) { var a }")]
    [InlineData("switch (1) { case 1: let a; case 2: let a }")]
    [InlineData("let a; import a from 'crypto'")]
    public void SecondDeclaration_IsRefused(string source) =>
        Assert.Equal("\"a\" has already been declared in 1", Parsed.Problem(source).Message);
}
