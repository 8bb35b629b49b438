using Brink.Events;
using static Brink.Tests.Functions.FunctionFixture;

namespace Brink.Tests.Functions.Metering;

/// <summary>
/// Each row takes memory of one kind without end. The budgets stop it, and what the process took meanwhile is a small multiple of the 2 MB that a call may
/// have: so the memory was charged before it was taken, garbage included.
/// </summary>
public sealed class MemoryTests
{
    private const long Most = 4 * Limits.FunctionMemoryBytes;

    [Theory]
    [InlineData("array by index", "var a = []; for (;;) a[a.length] = 1")]
    [InlineData("array by push", "var a = []; for (;;) a.push(1, 2, 3, 4)")]
    [InlineData("array by length", "var a = [], i = 0; for (;;) a[i++ * 1000] = 1")]
    [InlineData("array by unshift", "var a = []; for (;;) a.unshift(1, 2, 3)")]
    [InlineData("array by splice", "var a = [1]; for (;;) a.splice(0, 0, 1, 2, 3)")]
    [InlineData("array by concat", "var a = [1, 2, 3]; for (;;) a = a.concat(a)")]
    [InlineData("array copies", "var a = new Array(1000).fill(0), k = []; for (;;) k.push(a.slice())")]
    [InlineData("array of a size", "var k = []; for (;;) k.push(new Array(5000).fill(0))")]
    [InlineData("array too large", "for (;;) new Array(1e9).fill(0)")]
    [InlineData("array by split", "var s = 'a,'.repeat(3000), k = []; for (;;) k.push(s.split(','))")]
    [InlineData("array by map", "var a = new Array(500).fill(0), k = []; for (;;) k.push(a.map(function (x) { return x }))")]
    [InlineData("array by sort", "var a = []; for (var i = 0; i < 2000; i++) a.push('k' + i); for (;;) a.sort()")]
    [InlineData("array by Object.keys", "var o = {}, k = []; for (var i = 0; i < 500; i++) o['k' + i] = 1; for (;;) k.push(Object.keys(o))")]
    [InlineData("array by Object.entries", "var o = {}, k = []; for (var i = 0; i < 500; i++) o['k' + i] = 1; for (;;) k.push(Object.entries(o))")]
    [InlineData("array literals", "var a; for (;;) a = [a, 1, 2, 3]")]
    [InlineData("objects", "var a; for (;;) a = { a }")]
    [InlineData("objects with accessors", "var a; for (;;) a = { get x() { return 1 } , a }")]
    [InlineData("objects of a constructor", "function F(x) { this.x = x; this.y = 1 } var a; for (;;) a = new F(a)")]
    [InlineData("objects by Object.create", "var a = null; for (;;) a = Object.create(a)")]
    [InlineData("properties", "var o = {}, i = 0; for (;;) o['k' + i++] = 1")]
    [InlineData("properties, long names", "var o = {}, i = 0, s = 'x'.repeat(1000); for (;;) o[s + i++] = 1")]
    [InlineData("properties, astral names", "var o = {}, i = 0, s = '😀'.repeat(500); for (;;) o[s + i++] = 1")]
    [InlineData("properties made and deleted", "var o = {}, i = 0; for (;;) { o['k' + i] = 1; delete o['k' + i++] }")]
    [InlineData("properties of a function", "var i = 0; function f() {} for (;;) f['k' + i++] = 1")]
    [InlineData("properties of a built-in", "var i = 0; for (;;) Math['k' + i++] = 1")]
    [InlineData("properties of all built-ins", "var n = 0; for (;;) { n++; ['String', 'Array', 'Object', 'Math', 'JSON', 'Date', 'Promise', 'Buffer'].forEach(function (k) { var o = eval0(k); Object.getOwnPropertyNames(o).forEach(function (p) { try { o[p]['x' + n] = 1 } catch (e) {} }) }) } function eval0(k) { return { String, Array, Object, Math, JSON, Date, Promise, Buffer }[k] }")]
    [InlineData("properties by defineProperty", "var o = {}, i = 0; for (;;) Object.defineProperty(o, 'k' + i++, { get: function () { return 1 } })")]
    [InlineData("properties by defineProperties", "var d = {}; for (var i = 0; i < 300; i++) d['k' + i] = { value: 1 }; var k = []; for (;;) k.push(Object.defineProperties({}, d))")]
    [InlineData("properties by assign", "var d = {}; for (var i = 0; i < 300; i++) d['k' + i] = 1; var k = []; for (;;) k.push(Object.assign({}, d))")]
    [InlineData("symbols", "var k = []; for (;;) k.push(Symbol('x'))")]
    [InlineData("symbols of the registry", "var i = 0; for (;;) Symbol.for('x' + i++)")]
    [InlineData("closures", "var k = [], i = 0; for (;;) k.push(function () { return i })")]
    [InlineData("variables of closures", "var k = []; for (let i = 0; ; i++) k.push(() => i)")]
    [InlineData("bound functions", "var f = function () {}; for (;;) f = f.bind(null, 1, 2, 3)")]
    [InlineData("arguments objects", "var k = []; function f() { k.push(arguments) } for (;;) f(1, 2, 3)")]
    [InlineData("rest arrays", "var k = []; function f(...a) { k.push(a) } for (;;) f(1, 2, 3)")]
    [InlineData("arguments passed on", "var a = new Array(5000).fill(0), f = function () {}; for (;;) f.apply(null, a)")]
    [InlineData("frames", "function f() { f() } for (;;) try { f() } catch (e) {}")]
    [InlineData("frames with many registers", "function f(a, b, c, d, e, g, h) { return f(a, b, c, d, e, g, h) + f(1, 2, 3, 4, 5, 6, 7) } for (;;) try { f() } catch (e) {}")]
    [InlineData("frames through natives", "function f() { [1].map(f) } for (;;) try { f() } catch (e) {}")]
    [InlineData("text by doubling", "var s = 'x'; for (;;) s += s")]
    [InlineData("text by appending", "var s = ''; for (;;) s += 'some more text'")]
    [InlineData("text by prepending", "var s = ''; for (;;) s = 'some more text' + s")]
    [InlineData("text by repeat", "for (;;) 'x'.repeat(1e9)")]
    [InlineData("text by repeat, many", "var k = []; for (;;) k.push('x'.repeat(10000))")]
    [InlineData("text by padding", "var k = []; for (;;) k.push(''.padEnd(10000, 'ab'))")]
    [InlineData("text by join", "var a = new Array(2000).fill('abc'), k = []; for (;;) k.push(a.join('-'))")]
    [InlineData("text by join of nothing", "for (;;) new Array(1e8).join('ab')")]
    [InlineData("text by replace", "var s = 'a'.repeat(3000), k = []; for (;;) k.push(s.replace(/a/g, 'bcd'))")]
    [InlineData("text by case", "var s = 'aé'.repeat(3000), k = []; for (;;) k.push(s.toUpperCase())")]
    [InlineData("text by template", "var s = 'a'; for (;;) s = `${s}${s}-`")]
    [InlineData("text of numbers", "var k = [], x = 0.1; for (;;) k.push('' + (x += 0.1))")]
    [InlineData("text of code points", "var k = []; for (;;) k.push(String.fromCodePoint(0x1F600, 0x1F601, 0x1F602))")]
    [InlineData("text of astral doubling", "var s = '😀'; for (;;) s += s")]
    [InlineData("text of astral slices", "var s = '😀a'.repeat(2000), k = {}; for (var i = 0; ; i++) k[s.slice(i % 2000)] = 1")]
    [InlineData("text by URI encoding", "var s = 'ü'.repeat(2000), k = []; for (;;) k.push(encodeURIComponent(s))")]
    [InlineData("text by URI decoding", "var s = '%C3%BC'.repeat(2000), k = []; for (;;) k.push(decodeURIComponent(s))")]
    [InlineData("text by atob, btoa", "var s = 'x'.repeat(3000), k = []; for (;;) k.push(atob(btoa(s)))")]
    [InlineData("text of regular expressions", "var s = 'ab'.repeat(2000), k = []; for (;;) k.push(s.match(/./g))")]
    [InlineData("JSON text", "var o = []; for (var i = 0; i < 300; i++) o.push({ a: i, b: 'text' }); var k = []; for (;;) k.push(JSON.stringify(o, null, 4))")]
    [InlineData("JSON text within JSON text", "var deep = 0, big = 'x'.repeat(100000), o = [big, { toJSON: function () { return deep++ < 100 ? JSON.stringify(o) : 1 } }]; for (;;) { deep = 0; JSON.stringify(o) }")]
    [InlineData("JSON objects", "var s = JSON.stringify([{ a: 1, b: [1, 2, 3], c: { d: 'x' } }]), k = []; for (;;) k.push(JSON.parse(s))")]
    [InlineData("JSON objects with many names", "var s = '{'; for (var i = 0; i < 300; i++) s += '\"n' + i + '\":' + i + ','; s += '\"z\":1}'; var k = []; for (;;) k.push(JSON.parse(s))")]
    [InlineData("JSON escapes", "var s = '\"' + '\\\\u00e9'.repeat(2000) + '\"', k = []; for (;;) k.push(JSON.parse(s))")]
    [InlineData("regular expressions", "var k = []; for (;;) k.push(/ab/g)")]
    [InlineData("regular expressions compiled", "var k = [], i = 0; for (;;) k.push(new RegExp('(a|b)+[x-z]' + i++))")]
    [InlineData("matches", "var k = []; for (;;) k.push(/(a)(b)(c)/.exec('abc'))")]
    [InlineData("matches with names", "var k = []; for (;;) k.push(/(?<x>a)(?<y>b)/.exec('ab'))")]
    [InlineData("the matcher's stack", "var s = 'a'.repeat(50000); for (;;) /(?:a|b)*c/.test(s)")]
    [InlineData("buffers", "var k = []; for (;;) k.push(Buffer.alloc(10000))")]
    [InlineData("buffers, dropped", "for (;;) Buffer.alloc(10000)")]
    [InlineData("buffers of text", "var s = 'é'.repeat(2000), k = []; for (;;) k.push(Buffer.from(s))")]
    [InlineData("buffers of base64", "var s = 'aGVs'.repeat(2000), k = []; for (;;) k.push(Buffer.from(s, 'base64'))")]
    [InlineData("buffers joined", "var b = Buffer.alloc(1000), k = []; for (;;) k.push(Buffer.concat([b, b, b]))")]
    [InlineData("buffers as text", "var b = Buffer.alloc(3000), k = []; for (;;) k.push(b.toString('hex'))")]
    [InlineData("buffers as JSON", "var b = Buffer.alloc(500), k = []; for (;;) k.push(b.toJSON())")]
    [InlineData("buffer views", "var b = Buffer.alloc(10), k = []; for (;;) k.push(b.subarray(1))")]
    [InlineData("typed arrays", "var k = []; for (;;) k.push(new Float64Array(1000))")]
    [InlineData("typed arrays too large", "for (;;) new Uint8Array(1e9)")]
    [InlineData("typed arrays sorted", "var a = new Float64Array(5000); for (;;) a.sort()")]
    [InlineData("typed arrays as text", "var a = new Float64Array(300).fill(1.5), k = []; for (;;) k.push(a.join())")]
    [InlineData("data views", "var b = new ArrayBuffer(8), k = []; for (;;) k.push(new DataView(b))")]
    [InlineData("text encoder", "var e = new TextEncoder(), s = 'é'.repeat(2000), k = []; for (;;) k.push(e.encode(s))")]
    [InlineData("text decoder", "var e = new TextDecoder(), b = Buffer.alloc(3000, 'x'), k = []; for (;;) k.push(e.decode(b))")]
    [InlineData("promises", "var k = []; for (;;) k.push(Promise.resolve(1))")]
    [InlineData("promises, rejected", "var k = []; for (;;) k.push(Promise.reject(1))")]
    [InlineData("promises in a chain", "var p = Promise.resolve(1); for (;;) p = p.then(function (x) { return x })")]
    [InlineData("promises waiting for one", "var p = new Promise(function () {}); for (;;) p.then(function (x) { return x })")]
    [InlineData("promises combined", "var k = []; for (;;) k.push(Promise.all([1, 2, 3]))")]
    [InlineData("async functions that wait", "async function f() { await new Promise(function () {}) } for (;;) f()")]
    [InlineData("async functions that go on", "for (;;) await 1")]
    [InlineData("jobs that make jobs", "function f() { Promise.resolve().then(f); Promise.resolve().then(f) } f(); for (;;) await 1")]
    [InlineData("errors", "var k = []; for (;;) k.push(new Error('x'))")]
    [InlineData("errors of the engine", "var u, k = []; for (;;) try { u.x } catch (e) { k.push(e) }")]
    [InlineData("errors with long names", "var u, n = 'x'.repeat(100000); for (;;) try { u[n] } catch (e) {}")]
    [InlineData("dates", "var k = []; for (;;) k.push(new Date())")]
    [InlineData("dates as text", "var d = new Date(), k = []; for (;;) k.push(d.toISOString())")]
    [InlineData("wrappers", "var k = []; for (;;) k.push(Object(1))")]
    [InlineData("iterators", "var a = [1], k = []; for (;;) k.push(a.values())")]
    [InlineData("keys of for-in", "var o = {}; for (var i = 0; i < 1000; i++) o['k' + i] = 1; for (;;) for (var k in o) break")]
    [InlineData("keys of an array", "var o = new Array(3000).fill(0); for (;;) for (var k in o) break")]
    [InlineData("keys of text", "var s = 'x'.repeat(5000); for (;;) Object.getOwnPropertyNames(s)")]
    [InlineData("headers", "var i = 0; for (;;) event.request.headers['x' + i++] = { value: 'y' }")]
    [InlineData("headers with astral names", "var n = '😀'.repeat(20000); for (;;) event.request.headers[n]")]
    [InlineData("hashes", "var k = []; for (;;) k.push(crypto.createHash('sha256'))")]
    [InlineData("hash data", "var h = crypto.createHash('sha256'), s = 'é'.repeat(5000); for (;;) h.update(s)")]
    [InlineData("hash keys", "var s = 'é'.repeat(5000), k = []; for (;;) k.push(crypto.createHmac('sha256', s))")]
    [InlineData("digests", "var k = []; for (;;) k.push(crypto.createHash('md5').digest('hex'))")]
    [InlineData("query strings", "var k = [], s = 'a=1&b=2&c=%20x&'.repeat(50); for (;;) k.push(qs.parse(s))")]
    [InlineData("query strings made", "var k = [], o = { a: 'ü'.repeat(3000) }; for (;;) k.push(qs.stringify(o))")]
    [InlineData("log lines", "var s = 'x'.repeat(200000); for (;;) console.log(s)")]
    [InlineData("log lines of objects", "var o = []; for (var i = 0; i < 3000; i++) o.push({ a: i }); for (;;) console.log(o, o, o)")]
    [InlineData("modules", "var k = []; for (;;) k.push(require('crypto'))")]
    public void BoundlessMemory_StopsWithinASmallMultipleOfTheBudget(string kind, string body)
    {
        var function = Compile($"import crypto from 'crypto'; import qs from 'querystring'; async function handler(event) {{ {body}; }}");
        Assert.Null(function.CompileError);
        Run(function, EventType.ViewerRequest, Request(), null);                // fills what the process keeps: inline caches, pools

        var before = GC.GetAllocatedBytesForCurrentThread();
        var run = Run(function, EventType.ViewerRequest, Request(), null);
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;

        var message = MessageOf(run);
        Assert.True(message.Contains("memory limit", StringComparison.Ordinal) || message.Contains("compute budget", StringComparison.Ordinal), $"{kind}: {message}");
        Assert.True(taken < Most, $"{kind} took {taken:N0} bytes");
    }
}
