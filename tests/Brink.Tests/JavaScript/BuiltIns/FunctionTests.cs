namespace Brink.Tests.JavaScript.BuiltIns;

/// <summary>Expressions and what they show as.</summary>
public sealed class FunctionTests
{
    [Theory]
    [InlineData("String(function foo(a,b){ return 1 })", "[object Function]")]
    [InlineData("(function(a,b){}).length", "2")]
    [InlineData("(function(a,b){}).name", "")]
    [InlineData("(function foo(){}).bind().name", "bound foo")]
    [InlineData("(function foo(a,b){}).bind(null,1).length", "1")]
    [InlineData("(function foo(a,b){return [this.x,a,b].join()}).bind({x:1},2)(3)", "1,2,3")]
    [InlineData("Function.prototype.apply.call(1)", "THROW TypeError: \"this\" argument is not a function")]
    [InlineData("Function.prototype.call.call(1)", "THROW TypeError: \"this\" argument is not a function")]
    [InlineData("Function.prototype.bind.call(1)", "THROW TypeError: \"this\" argument is not a function")]
    [InlineData("Function.prototype.toString.call(1)", "[object Number]")]
    [InlineData("Function.prototype.bind.length", "1")]
    [InlineData("Function.prototype.name", "")]
    [InlineData("(function(){undefined = 1})()", "THROW TypeError: Cannot assign to read-only property \"undefined\" of object")]
    [InlineData("(function(){Math = 1; return Math})()", "1")]
    [InlineData("(function(){ return this })()", "undefined")]
    [InlineData("new (function(){ return this })() ", "{}")]
    [InlineData("new (function(){}.bind())", "{}")]
    [InlineData("(function(a,b){return this+a+b}).apply('x',['y','z'])", "xyz")]
    [InlineData("(function(){function F(a,b){this.s=a+b}; var B=F.bind(null,1); return new B(2).s})()", "3")]
    [InlineData("(function(){function f(){return f.apply(this,arguments)};return f()})()", "THROW RangeError: Maximum call stack size exceeded")]
    [InlineData("(function(){function f(){return f.call()};return f()})()", "THROW RangeError: Maximum call stack size exceeded")]
    [InlineData("(function(){var f=function(){return g()};var g=f.bind();return g()})()", "THROW RangeError: Maximum call stack size exceeded")]
    [InlineData("(function(){var o={toString:function(){return ''+o}};return ''+o})()", "THROW RangeError: Maximum call stack size exceeded")]
    [InlineData("(function(){var o={get a(){return o.a}};return o.a})()", "THROW RangeError: Maximum call stack size exceeded")]
    [InlineData("(function(){var f=function(){};for(var i=0;i<100000;i++){f=f.bind()};return f()})()", "OverMemory")]
    [InlineData("(function(){return typeof eval})()", "function")]
    [InlineData("(function(){var o={};function f(){return [o].join()};o.toString=f;return f()})()", "THROW RangeError: Maximum call stack size exceeded")]
    [InlineData("(function(){var o={valueOf:function(){return +o}};return +o})()", "THROW RangeError: Maximum call stack size exceeded")]
    [InlineData("(function(){function F(){return new (F.bind().bind())};return new F()})()", "THROW RangeError: Maximum call stack size exceeded")]
    [InlineData("(function(){function F(){return new F()};return new F()})()", "THROW RangeError: Maximum call stack size exceeded")]
    public void Expression_ShowsAs(string expression, string shown) => Assert.Equal(shown, Shown.Of(expression));
}
