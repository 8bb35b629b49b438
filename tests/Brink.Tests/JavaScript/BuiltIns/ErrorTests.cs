using Brink.JavaScript;

namespace Brink.Tests.JavaScript.BuiltIns;

/// <summary>Expressions and what they show as.</summary>
public sealed class ErrorTests
{
    [Theory]
    [InlineData("Object.getOwnPropertyNames(new Error('x')).join()", "message")]
    [InlineData("new AggregateError([1],'m').errors", "[1]")]
    [InlineData("new AggregateError([1],'m')", "AggregateError: m")]
    [InlineData("Object.prototype.toString.call(new Error(1))", "[object Error]")]
    [InlineData("new Error('x')", "Error: x")]
    [InlineData("new Error('x').toString()", "Error: x")]
    [InlineData("new Error().toString()", "Error")]
    [InlineData("new Error(undefined).hasOwnProperty('message')", "false")]
    [InlineData("new Error(1).message", "1")]
    [InlineData("new Error('x').name", "Error")]
    [InlineData("Error.prototype.toString.call(1)", "THROW TypeError: \"this\" argument is not an object")]
    [InlineData("Error.prototype.toString.call({name:'a',message:'b'})", "a: b")]
    [InlineData("Error.prototype.toString.call({})", "Error")]
    [InlineData("Error('x') instanceof Error", "true")]
    [InlineData("TypeError('x').constructor.name", "TypeError")]
    [InlineData("new TypeError('x') instanceof Error", "true")]
    [InlineData("Object.getPrototypeOf(TypeError) === Error", "true")]
    [InlineData("Object.getPrototypeOf(TypeError) === Function.prototype", "false")]
    [InlineData("new Error('x').stack", "undefined")]
    [InlineData("JSON.stringify(new Error('x'))", "{}")]
    [InlineData("JSON.stringify({e:new Error('x')})", "{\"e\":{}}")]
    [InlineData("Object.keys(new Error('x'))", "[]")]
    [InlineData("Object.getOwnPropertyDescriptor(new Error('x'),'message')", "{value:'x',writable:true,enumerable:false,configurable:true}")]
    [InlineData("new Error('x').valueOf()", "Error: x")]
    [InlineData("new Error('x', {cause:1}).cause", "undefined")]
    [InlineData("new AggregateError(1)", "THROW TypeError: first argument is not iterable")]
    [InlineData("AggregateError([1,2],'x').errors", "[1,2]")]
    [InlineData("AggregateError.length", "1")]
    [InlineData("new AggregateError('ab').errors", "['a','b']")]
    [InlineData("Error.prototype.message", "")]
    [InlineData("TypeError.prototype.message", "")]
    [InlineData("TypeError.prototype.name", "TypeError")]
    [InlineData("Error.length", "1")]
    [InlineData("AggregateError.prototype.message", "")]
    [InlineData("Object.getPrototypeOf(AggregateError.prototype) === Error.prototype", "true")]
    [InlineData("(function(){var e=new Error('m');return [e.stack,e.message,Object.keys(e),JSON.stringify(e),e instanceof Error]})()", "[undefined,'m',[],'{}',true]")]
    [InlineData("(function(){var o={get message(){return Error.prototype.toString.call(o)}};return o.message})()", "THROW RangeError: Maximum call stack size exceeded")]
    [InlineData("(function(){var o={};o.name=o;o.toString=function(){return Error.prototype.toString.call(o)};return ''+o})()", "THROW RangeError: Maximum call stack size exceeded")]
    public void Expression_ShowsAs(string expression, string shown) => Assert.Equal(shown, Shown.Of(expression));
}
