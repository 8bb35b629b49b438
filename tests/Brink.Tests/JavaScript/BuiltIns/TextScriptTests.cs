using Brink.JavaScript;

namespace Brink.Tests.JavaScript.BuiltIns;

/// <summary>Texts, patterns, numbers and dates as scripts use them.</summary>
public class TextScriptTests
{
    [Theory]
    [InlineData("return '/a/b//c'.replace(/\\/+/g, '/')", "/a/b/c")]
    [InlineData("return 'a=1&b=2'.split('&').map(function(p){ return p.split('=')[1] }).join()", "1,2")]
    [InlineData("return 'x-forwarded-for'.replace(/-(\\w)/g, function(m, c){ return c.toUpperCase() })", "xForwardedFor")]
    [InlineData("var m = '/2026/11/post'.match(/^\\/(?<y>\\d{4})\\/(?<m>\\d\\d)\\//); return m.groups.y + m.groups.m + m.index", "2026110")]
    [InlineData("var r = /\\d/g, out = [], m; while ((m = r.exec('a1b2')) !== null) out.push(m[0] + m.index + r.lastIndex); return out.join()", "112,234")]
    [InlineData("return [1,2].map(function(){ var r = /a/g; r.test('aa'); return r.lastIndex }).join()", "1,1")]
    [InlineData("try { return /(a+)+$/.test('a'.repeat(40) + 'b') } catch (e) { return e instanceof InternalError && e.message }", "pcre2_match() failed: match limit exceeded")]
    [InlineData("try { new RegExp('(') } catch (e) { return e.name + '|' + e.message }", "SyntaxError|pcre_compile2(\"(\") failed: missing closing parenthesis at \"\"")]
    [InlineData("return Object.keys(/(a)/.exec('xa')).join()", "0,1,index,input,groups")]
    [InlineData("return Object.prototype.toString.call(/a/) + Object.prototype.toString.call(new Date())", "[object RegExp][object Date]")]
    [InlineData("return 'ab'.replace({ [Symbol.replace](s, r) { return s + '!' + r } }, 'q')", "ab!q")]
    [InlineData("RegExp.prototype.exec = function(){ return null }; return /a/.test('a')", "false")]
    [InlineData("String.prototype.twice = function(){ return this + this }; return 'ab'.twice()", "abab")]
    [InlineData("return '😀'.length + '|' + 'a😀b'.split('').length + '|' + '😀'.charCodeAt(0)", "1|3|128512")]
    [InlineData("return (1234.5678).toFixed(2) + (255).toString(16) + (0.1 + 0.2) + 1e21", "1234.57ff0.300000000000000071e+21")]
    [InlineData("return ['1', '2', '3'].map(parseFloat).join() + parseInt('7f', 16)", "1,2,3127")]
    [InlineData("return new Date().toISOString() + (new Date() - Date.now())", "2026-11-22T10:00:00.000Z0")]
    [InlineData("return new Date(0) + 1", "Thu Jan 01 1970 00:00:00 GMT+00001")]
    [InlineData("return JSON.stringify({ d: new Date(0), r: /a/, s: new String('x'), n: new Number(1) })", "{\"d\":\"1970-01-01T00:00:00.000Z\",\"r\":{},\"s\":\"x\",\"n\":1}")]
    [InlineData("return Math.max.apply(null, [1, 5, 3]) + Math.min(2, 1)", "6")]
    [InlineData("var a = Math.random(), b = Math.random(); return a !== b && a >= 0 && b < 1", "true")]
    [InlineData("return decodeURIComponent('%F0%9F%98%80') + encodeURIComponent('a b')", "😀a%20b")]
    [InlineData("try { decodeURIComponent('%') } catch (e) { return String(e) }", "URIError: malformed URI")]
    [InlineData("return typeof String('x') + typeof new String('x') + new String('abc')[1]", "stringobjectb")]
    [InlineData("return 'a'.repeat(1e9)", "OverMemory")]
    [InlineData("var s = 'a'.repeat(1100); return s.replace(/a/g, s).length", "OverMemory")]
    [InlineData("var r = /z/; for (var i = 0; ; i++) r.test('abcabcabc')", "OverCompute")]
    public void Script_Gives(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    /// <summary>A literal is a new object each time it is evaluated, wherever a script can tell.</summary>
    [Theory]
    [InlineData("var kept = [], o = { replace: function(r){ kept.push(r); return 0 } }; for (var i = 0; i < 2; i++) o.replace(/a/g); return kept[0] === kept[1]", "false")]
    [InlineData("var kept = []; String.prototype.search = function(r){ kept.push(r) }; for (var i = 0; i < 2; i++) 'a'.search(/a/); return kept[0] === kept[1]", "false")]
    [InlineData("var kept = []; RegExp.prototype.test = function(){ kept.push(this) }; for (var i = 0; i < 2; i++) /a/.test('a'); return kept[0] === kept[1]", "false")]
    [InlineData("var n = []; for (var i = 0; i < 2; i++) { n.push('aXa'.replace(/a/g, function(m){ return m + i })); n.push(/X(a)/.exec('aXa')[1]); n.push('aa'.match(/a/g).length) } return n.join()", "a0Xa0,a,2,a1Xa1,a,2")]
    [InlineData("function f(d){ return 'aba'.replace(/a/g, function(m){ return d ? f(d - 1) : m }) } return f(1)", "abababa")]
    public void LiteralThatABuiltInTakes_IsNotSeenTwice(string body, string expected) => Assert.Equal(expected, Script.Run(body));

    [Theory]
    [InlineData("return /a/y.test('a')", "SyntaxError: Invalid RegExp flags \"y\" in 1")]
    [InlineData("return 'aa'.replace(/a/g, 'b') + typeof 'a'.replaceAll", "bbundefined")]
    [InlineData("return String.bytesFrom([0xc3, 0xa9]).fromUTF8()", "é")]
    public void ScriptOf10_Gives(string body, string expected) => Assert.Equal(expected, Script.Run(body, Runtime.CloudFrontJs10));
}
