using Brink.JavaScript;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Modules;

public sealed class QueryStringModuleTests
{
    [Theory]
    [InlineData("JSON.stringify(q.parse('a=1&a=2&b=%zz&c+d=e+f&&=x&y'))", """{"a":["1","2"],"b":"%zz","c d":"e f","":"x","y":""}""")]
    [InlineData("JSON.stringify(q.parse('a&b=&=c&=&a==d=e&a'))", """{"a":["","=d=e",""],"b":"","":["c",""]}""")]
    [InlineData("JSON.stringify(q.parse('%C3%A9=%F0%9F%98%80&x=%ff'))", "{\"é\":\"😀\",\"x\":\"\uFFFD\"}")]
    [InlineData("JSON.stringify(q.decode('a=1&a=2&a=3'))", """{"a":["1","2","3"]}""")]
    [InlineData("JSON.stringify(q.parse('a:1;b:2', ';', ':'))", """{"a":"1","b":"2"}""")]
    [InlineData("JSON.stringify(q.parse('a=>1, b=>2', ', ', '=>'))", """{"a":"1","b":"2"}""")]
    [InlineData("JSON.stringify(q.parse('a=1', '', ''))", """{"a":"1"}""")]
    [InlineData("JSON.stringify(q.parse('a=1&b=2&c=3', null, null, { maxKeys: 2 }))", """{"a":"1","b":"2"}""")]
    [InlineData("Object.keys(q.parse(new Array(1200).join('a&') + 'b')).length + ' ' + q.parse(new Array(1200).join('a&')).a.length", "1 1000")]
    [InlineData("q.parse(new Array(1200).join('a&'), null, null, { maxKeys: 0 }).a.length", "1199")]
    [InlineData("JSON.stringify(q.parse('a=1', null, null, { decodeURIComponent: function (s) { return '<' + s + '>'; } }))", """{"<a>":"<1>"}""")]
    [InlineData("JSON.stringify([q.parse(), q.parse(5), q.parse('')])", "[{},{},{}]")]
    [InlineData("Object.keys(q.parse('__proto__=1&2=b&1=a')).join()", "__proto__,2,1")]
    [InlineData("q.parse('a=1', null, null, { decodeURIComponent: function () { throw new RangeError('mine'); } })", "RangeError: mine")]
    [InlineData("q.stringify({ a: [1, 'x', true], f: 1.5, g: 'é &=' })", "a=1&a=x&a=true&f=1.5&g=%C3%A9%20%26%3D")]
    [InlineData("q.encode({ a: 'x y', b: ['1', '2'] }, '::', '->', { encodeURIComponent: function (s) { return '<' + s + '>'; } })", "<a>-><x y>::<b>-><1>::<b>-><2>")]
    [InlineData("q.stringify(['x', 'y'])", "0=x&1=y")]
    [InlineData("'[' + q.stringify('abc') + q.stringify(5) + q.stringify() + q.stringify({ a: [] }) + ']'", "[]")]
    [InlineData("q.escape('a b+é/!*()\\'~😀')", "a%20b%2B%C3%A9%2F!*()'~%F0%9F%98%80")]
    [InlineData("q.unescape('a%20b+c%zz%ff%e9%')", "a b c%zz\uFFFD\uFFFD%")]
    public void Rows(string expression, string expected)
    {
        var script = $"(function () {{ var q = require('querystring'); return {expression}; }})()";
        Assert.Equal(expected, Evaluate(script));
        Assert.Equal(expected, Evaluate(script, Runtime.CloudFrontJs10));
    }

    [Fact]
    public void OtherValues_AreEmptyIn20AndTextIn10()
    {
        const string Script = "require('querystring').stringify({ a: [undefined, null, {}], b: undefined, c: null, d: NaN })";
        Assert.Equal("a=&a=&a=&b=&c=&d=", Evaluate(Script));
        Assert.Equal("a=undefined&a=null&a=%5Bobject%20Object%5D&b=undefined&c=null&d=NaN", Evaluate(Script, Runtime.CloudFrontJs10));
    }

    [Theory]
    [InlineData("var o = {}, s = 'x'.repeat(100000); for (var i = 0; i < 2000; i++) o['k' + i] = s; require('querystring').stringify(o)")]
    [InlineData("require('querystring').parse('a&'.repeat(500000), null, null, { maxKeys: 0 })")]
    public void TooMuch_IsStopped(string body) =>
        Assert.StartsWith("The CloudFront function associated with the CloudFront distribution is invalid or could not run. ", MessageOf(OnRequest(body, Request())), StringComparison.Ordinal);
}
