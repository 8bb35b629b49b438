using Brink.JavaScript;

namespace Brink.Tests.JavaScript.BuiltIns;

/// <summary>Expressions and what they show as.</summary>
public sealed class SymbolTests
{
    [Theory]
    [InlineData("Object.getOwnPropertySymbols", "[Function: getOwnPropertySymbols]")]
    [InlineData("Object.prototype.toString.call(Symbol.iterator)", "[object Symbol]")]
    [InlineData("Object.prototype.toString.call({[Symbol.toStringTag]:'q'})", "[object q]")]
    [InlineData("[][Symbol.iterator]", "[Function: [Symbol.iterator]]")]
    [InlineData("Symbol('a')", "Symbol(a)")]
    [InlineData("Symbol('a').toString()", "Symbol(a)")]
    [InlineData("'' + Symbol('a')", "THROW TypeError: Cannot convert a Symbol value to a string")]
    [InlineData("+Symbol('a')", "THROW TypeError: Cannot convert a Symbol value to a number")]
    [InlineData("new Symbol('a')", "THROW TypeError: Symbol is not a constructor")]
    [InlineData("Symbol('a').description", "a")]
    [InlineData("Symbol().description", "undefined")]
    [InlineData("Symbol.for('a') === Symbol.for('a')", "true")]
    [InlineData("Symbol.keyFor(Symbol.for('a'))", "a")]
    [InlineData("Symbol.keyFor(Symbol('a'))", "undefined")]
    [InlineData("Symbol.keyFor(1)", "THROW TypeError: is not a symbol")]
    [InlineData("Symbol.keyFor(Symbol.iterator)", "undefined")]
    [InlineData("Symbol.iterator", "Symbol(Symbol.iterator)")]
    [InlineData("Symbol.prototype.toString.call(1)", "THROW TypeError: unexpected value type:number")]
    [InlineData("Symbol.prototype.valueOf.call('x')", "THROW TypeError: unexpected value type:string")]
    [InlineData("Symbol.prototype[Symbol.toStringTag]", "Symbol")]
    [InlineData("Symbol.prototype[Symbol.toPrimitive]", "undefined")]
    [InlineData("Symbol.length", "0")]
    [InlineData("Object(Symbol('a'))", "[Symbol: Symbol(a)]")]
    [InlineData("Object(Symbol('a')).valueOf().toString()", "Symbol(a)")]
    [InlineData("[Symbol('a')].join()", "THROW TypeError: Cannot convert a Symbol value to a string")]
    [InlineData("Symbol(Symbol('a'))", "THROW TypeError: Cannot convert a Symbol value to a string")]
    [InlineData("JSON[Symbol.toStringTag]", "JSON")]
    [InlineData("Object.getOwnPropertySymbols({[Symbol.iterator]:1})", "[Symbol(Symbol.iterator)]")]
    [InlineData("Object.defineProperty({},Symbol.iterator,{value:3})[Symbol.iterator]", "3")]
    [InlineData("typeof Symbol.iterator", "symbol")]
    [InlineData("Object.getOwnPropertyDescriptor(Symbol,'iterator')", "{value:Symbol(Symbol.iterator),writable:false,enumerable:false,configurable:false}")]
    [InlineData("(function(){var o={};o[Symbol.iterator]=function(){return Array.from(o)};return Array.from(o)})()", "THROW RangeError: Maximum call stack size exceeded")]
    [InlineData("(function(){var o={get [Symbol.toStringTag](){return Object.prototype.toString.call(o)}};return ''+o})()", "THROW RangeError: Maximum call stack size exceeded")]
    public void Expression_ShowsAs(string expression, string shown) => Assert.Equal(shown, Shown.Of(expression));
}
