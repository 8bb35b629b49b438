using System.Text;
using Brink.Checking;
using Brink.Functions.JavaScript;
using Brink.Functions.KeyValueStores;
using Brink.JavaScript;
using static Brink.Tests.Checking.Checked;

namespace Brink.Tests.Checking;

/// <summary>What is accepted by the parser and fails all the same, rule by rule.</summary>
public class RuleChecksTests
{
    [Theory]
    [InlineData("var m = new Map(); console.log(m);", "error absent-global: Map does not exist in cloudfront-js-2.0 -> a plain object: var map = {}; map[key] = value;")]
    [InlineData("console.log(new URL(request.uri));", "error absent-global: URL does not exist in cloudfront-js-2.0 -> event.request.uri and event.request.querystring, which are parsed already")]
    [InlineData("console.log(structuredClone(request));", "error absent-global: structuredClone does not exist in cloudfront-js-2.0 -> JSON.parse(JSON.stringify(value))")]
    [InlineData("setTimeout(function () { }, 1);", "error absent-global: setTimeout does not exist in cloudfront-js-2.0 -> nothing: a function has no timers and cannot wait")]
    [InlineData("await fetch('https://example.com');", "error absent-global: fetch does not exist in cloudfront-js-2.0 -> data in a key value store, or Lambda@Edge: a function has no network")]
    [InlineData("console.log(process.env.X);", "error absent-global: process does not exist in cloudfront-js-2.0 -> a constant, or a key value store: a function has no process and no environment variables")]
    [InlineData("if (typeof URL !== 'undefined') console.log(new URL('/'));", "warning absent-global: URL does not exist in cloudfront-js-2.0 -> event.request.uri and event.request.querystring, which are parsed already")]
    [InlineData("try { console.log(new Set()); } catch (e) { console.log('none'); }", "warning absent-global: Set does not exist in cloudfront-js-2.0 -> a plain object: var seen = {}; seen[key] = true;")]
    [InlineData("console.log(reqest.uri);", "error not-defined: reqest is not defined -> request")]
    [InlineData("console.log(nowhere);", "error not-defined: nowhere is not defined")]
    [InlineData("total = 1;", "error undeclared-assignment: total is not declared -> let total = ...")]
    [InlineData("const a = 1; a = 2;", "error const-assignment: a is a constant -> let a = ...")]
    [InlineData("console.log(Object.fromEntries([]));", "error absent-member: Object.fromEntries does not exist in cloudfront-js-2.0 -> var object = {}; entries.forEach(function (e) { object[e[0]] = e[1]; });")]
    [InlineData("console.log(Promise.withResolvers());", "error absent-member: Promise.withResolvers does not exist in cloudfront-js-2.0 -> new Promise(function (resolve, reject) { ... })")]
    [InlineData("console.error('x');", "error absent-member: console.error does not exist in cloudfront-js-2.0 -> console.log(...)")]
    [InlineData("var parts = request.uri.split('/'); console.log(parts.flat());", "error absent-member: arrays have no method flat in cloudfront-js-2.0 -> [].concat.apply([], parts)")]
    [InlineData("console.log(request.uri.at(-1));", "error absent-member: strings have no method at in cloudfront-js-2.0 -> request.uri[i], and request.uri[request.uri.length - i] from the end")]
    [InlineData("console.log(request.uri.contains('x'));", "error absent-member: strings have no method contains in cloudfront-js-2.0 -> request.uri.includes(part)")]
    [InlineData("var data = JSON.parse('[]'); console.log(data.flat());", "warning absent-member: no built-in has a method flat in cloudfront-js-2.0 -> [].concat.apply([], data)")]
    [InlineData("console.log(new Buffer('x'));", "error absent-member: new Buffer throws -> Buffer.from(...) or Buffer.alloc(size)")]
    [InlineData("console.log(Buffer.from('x', 'latin1'));", "error unsupported-argument: the encoding \"latin1\" is not supported -> 'utf8', 'hex', 'base64' or 'base64url'")]
    [InlineData("console.log(String.raw`a`);", "error absent-member: String.raw does not exist in cloudfront-js-2.0 -> a string with double backslashes")]
    [InlineData("console.log(require('crypto').createHash('md5').digest('utf8'));", "error unsupported-argument: the encoding \"utf8\" is not supported -> 'hex', 'base64' or 'base64url'")]
    [InlineData("console.log(require('crypto').createHash('SHA-256'));", "error unsupported-argument: the algorithm \"SHA-256\" is not supported -> 'sha256'")]
    [InlineData("var crypto = require('crypto'); console.log(crypto.randomUUID());", "error absent-member: crypto.randomUUID does not exist in cloudfront-js-2.0 -> Math.random(), or event.context.requestId, which is unique")]
    [InlineData("console.log(eval('1'));", "error dynamic-code: eval does not run code -> the code itself, or a table of functions")]
    [InlineData("console.log(new Function('return 1'));", "error dynamic-code: Function does not run code -> the code itself, or a table of functions")]
    [InlineData("console.log(new RegExp('a', 'gu'));", "error regexp-flags: the flag u of regular expressions is not supported -> only the flags g, i, m and y")]
    [InlineData("console.log(require('fs'));", "error no-such-module: there is no module fs -> crypto, querystring, cloudfront, or code in this file")]
    [InlineData("require('buffer').transcode('a');", "error absent-member: buffer.transcode does not exist in cloudfront-js-2.0")]
    [InlineData("console.log(require('node:buffer'));", "error no-such-module: there is no module node:buffer -> Buffer, which is global")]
    [InlineData("console.log(require('cloudfront'));", "error no-such-module: require does not know cloudfront -> import cf from 'cloudfront'; at the top of the file")]
    public void BuiltInThatIsNotThere_IsNamed(string statements, string expected) => Assert.Equal(expected, Only(InHandler(statements)));

    [Theory]
    [InlineData("request.headers['x-forwarded-proto'] = { value: 'https' };", "error header-disallowed: x-forwarded-proto is a header that functions may not set -> a name of your own: 'x-my-name'")]
    [InlineData("var headers = request.headers; headers['x-edge-a'] = { value: '1' };", "error header-disallowed: x-edge-a is a header that functions may not set -> a name of your own: 'x-my-name'")]
    [InlineData("request.headers.host = { value: 'a' };", "error header-read-only: host is read-only in viewer-request -> cf.updateRequestOrigin({ hostHeader: '...' }), or a copy: headers['x-forwarded-host']")]
    [InlineData("request.headers.host.value = 'a';", "error header-read-only: host is read-only in viewer-request -> cf.updateRequestOrigin({ hostHeader: '...' }), or a copy: headers['x-forwarded-host']")]
    [InlineData("delete request.headers.host;", "error header-read-only: host is read-only in viewer-request, and deleting it fails when it is there")]
    [InlineData("delete request.headers['via'];", "warning header-read-only: via is read-only in viewer-request, and deleting it fails when it is there")]
    [InlineData("request.headers['X-A'] = { value: '1' };", "error header-name-case: request.headers must have header names in lower case, not \"X-A\" -> 'x-a'")]
    [InlineData("console.log(request.headers['User-Agent'].value);", "warning header-name-case: no header is called \"User-Agent\": names are lower-case -> ['user-agent']")]
    [InlineData("request.headers['x-a'] = '1';", "error header-value: request.headers['x-a'] must be an object with a string value -> { value: '1' }")]
    [InlineData("request.headers['x-a'] = request.uri;", "error header-value: request.headers['x-a'] must be an object with a string value -> { value: request.uri }")]
    [InlineData("request.headers['x-a'] = { value: 1 };", "error header-value: the value of request.headers['x-a'] must be a string -> '1'")]
    [InlineData("request.headers['x-a'] = { value: request.headers.host };", "error header-value: the value of request.headers['x-a'] must be a string -> request.headers.host.value")]
    [InlineData("request.headers['x-a'] = [{ key: 'X-A', value: '1' }];", "error header-value: request.headers['x-a'] must be an object with a string value; a list of key and value is the form of Lambda@Edge -> { value: '...' }, or { value: '...', multiValue: [{ value: '...' }, ...] }")]
    [InlineData("request.querystring.a = '1';", "error header-value: request.querystring['a'] must be an object with a string value -> { value: '1' }")]
    [InlineData("request.cookies.a = { values: '1' };", "error header-value: request.cookies['a'] must be an object with a string value -> { value: '...' }")]
    [InlineData("request.headers.cookie = { value: 'a=1' };", "error cookie-header: cookies of a request are not in its headers -> request.cookies['name'] = { value: '...' };")]
    [InlineData("console.log(request.headers.cookie);", "warning cookie-header: cookies of a request are not in its headers -> request.cookies['name']")]
    [InlineData("request.method = 'GET';", "error method-read-only: request.method cannot be changed")]
    [InlineData("request.uri = 'index.html';", "error uri: request.uri must begin with /, not \"index.html\" -> '/index.html'")]
    [InlineData("console.log(request.body.data);", "error request-body: functions are never given a body -> Lambda@Edge, if the body must be read")]
    [InlineData("if (request.body) console.log('x');", "warning request-body: functions are never given a body -> Lambda@Edge, if the body must be read")]
    [InlineData("console.log(request.path);", "warning event-property: a request has no property path -> request.uri")]
    [InlineData("console.log(event.reqest);", "error event-property: the event has no property reqest: did you mean request? -> event.request")]
    [InlineData("var r = event.responce.headers;", "error event-property: the event has no property responce: did you mean response? -> event.response")]
    [InlineData("var r = event['Request'];", "error event-property: the event has no property Request: did you mean request? -> event.request")]
    [InlineData("try { var r = event.reqest.uri; } catch (e) { console.log(e); }", "warning event-property: the event has no property reqest: did you mean request? -> event.request")]
    [InlineData("console.log(request.querystrng);", "warning event-property: a request has no property querystrng: did you mean querystring? -> request.querystring")]
    [InlineData("console.log(event.ip);", "warning event-property: the event has no property ip -> event.viewer.ip")]
    [InlineData("console.log(event.Records[0].cf);", "error lambda-edge: event.Records is the form of Lambda@Edge -> event.request, event.response; to run it as Lambda@Edge, give its folder, or a file that ends in .cjs or .mjs")]
    [InlineData("console.log(request.headrs.host);", "error event-property: a request has no property headrs: did you mean headers? -> request.headers")]
    [InlineData("request.Uri = '/a';", "warning event-property: a request has no property Uri: setting it changes nothing -> request.uri")]
    [InlineData("request.url = '/a';", "warning event-property: a request has no property url: setting it changes nothing -> request.uri")]
    [InlineData("request.origin = { custom: {} };", "warning event-property: a request has no property origin: setting it changes nothing -> cf.updateRequestOrigin({ ... })")]
    [InlineData("console.log(event.context.eventtype);", "warning event-property: the context has no property eventtype: did you mean eventType? -> event.context.eventType")]
    [InlineData("var c = event.viewer; console.log(c.IP.split('.'));", "error event-property: the viewer has no property IP: did you mean ip? -> event.viewer.ip")]
    [InlineData("request.querystring = ['a=1'];", "error query-string: request.querystring must be an object or a string -> 'a=1&b=2', or { a: { value: '1' } }")]
    [InlineData("request.querystring = null;", "error query-string: request.querystring must be an object or a string -> 'a=1&b=2', or { a: { value: '1' } }")]
    [InlineData("request.querystring = Object.keys(request.querystring).sort();", "error query-string: request.querystring must be an object or a string -> 'a=1&b=2', or { a: { value: '1' } }")]
    [InlineData("request.querystring = '?a=1';", "warning query-string: request.querystring has no ? at its beginning: it becomes part of the first name -> 'a=1'")]
    [InlineData("request.querystring = '?' + request.uri;", "warning query-string: request.querystring has no ? at its beginning: it becomes part of the first name")]
    [InlineData("request.querystring = `?a=${request.uri}`;", "warning query-string: request.querystring has no ? at its beginning: it becomes part of the first name")]
    [InlineData("request.querystring = 'a=b c';", "error query-string: request.querystring must not have spaces, control characters or # -> encodeURIComponent(...) for each name and value")]
    [InlineData("request.headers = [];", "error header-value: request.headers must be an object -> { 'x-name': { value: 'text' } }")]
    [InlineData("request.cookies = 'a=1';", "error header-value: request.cookies must be an object -> { name: { value: 'text' } }")]
    [InlineData("if (request.uri) return { statusCode: 302, header: { location: { value: '/' } }, headers: {} };", "warning event-property: a response has no property header: setting it changes nothing -> response.headers")]
    [InlineData("if (request.uri) return { statusCode: 200, body: 'eA==', isBase64Encoded: true };", "warning event-property: a response has no property isBase64Encoded: setting it changes nothing -> body: { encoding: 'base64', data: '...' }")]
    [InlineData("if (request.uri) return { statusCode: '302', headers: { location: { value: '/' } } };", "error status-code: statusCode must be an integer, not a string -> statusCode: 302")]
    [InlineData("if (request.uri) return { statusCode: 99, body: 'x' };", "error status-code: statusCode must be an integer from 200 to 599, not 99")]
    [InlineData("if (request.uri) return { statusCode: 200, body: { data: 'x' } };", "error body: response.body must be a string or an object with encoding and data -> JSON.stringify(...)")]
    [InlineData("if (request.uri) return { statusCode: 200, body: { encoding: 'gzip', data: 'x' } };", "error body: response.body.encoding must be text or base64, not \"gzip\" -> encoding: 'text'")]
    [InlineData("if (request.uri) return { statusCode: 301, headers: { Location: { value: '/' } } };", "error header-name-case: response.headers must have header names in lower case, not \"Location\" -> 'location'")]
    [InlineData("if (request.uri) return { statusCode: 301, headers: { location: '/' } };", "error header-value: response.headers['location'] must be an object with a string value -> { value: '/' }")]
    [InlineData("if (request.uri) return { status: '301', headers: { } };", "error lambda-edge: status is the form of Lambda@Edge; a response has statusCode -> statusCode: 301")]
    [InlineData("function add(h) { h['x-a'] = '1'; } add(request.headers);", "error header-value: request.headers['x-a'] must be an object with a string value -> { value: '1' }")]
    public void MessageThatIsNotValid_IsNamed(string statements, string expected) => Assert.Equal(expected, Only(InHandler(statements)));

    [Theory]
    [InlineData("response.headers.via = { value: 'x' };", "error header-read-only: via is read-only in viewer-response")]
    [InlineData("response.headers['x-cache'] = { value: 'x' };", "error header-disallowed: x-cache is a header that functions may not set -> a name of your own: 'x-my-name'")]
    [InlineData("response.statusCode = '404';", "error status-code: statusCode must be an integer, not a string -> statusCode: 404")]
    [InlineData("response.cookies.a = 'b';", "error header-value: response.cookies['a'] must be an object with a string value -> { value: 'b' }")]
    [InlineData("response.status = 404;", "warning event-property: a response has no property status: setting it changes nothing -> response.statusCode")]
    [InlineData("response.statuscode = 404;", "warning event-property: a response has no property statuscode: setting it changes nothing -> response.statusCode")]
    [InlineData("console.log(response.header['x-a']);", "error event-property: a response has no property header: did you mean headers? -> response.headers")]
    [InlineData("console.log(JSON.parse(response.body));", "warning request-body: functions are never given a body -> Lambda@Edge, if the body must be read")]
    [InlineData("if (response.statusCode === 200) return event.request;", "warning returns-invalid: a viewer-response function must return a response -> return event.response;")]
    public void ResponseThatIsNotValid_IsNamed(string statements, string expected) => Assert.Equal(expected, Only(InResponse(statements)));

    [Theory]
    [InlineData("function main(event) { return event.request; }", "error handler-missing: there is no function named handler at the top level -> function handler(event) instead of main")]
    [InlineData("var a = 1;", "error handler-missing: there is no function named handler at the top level -> function handler(event) { ... }")]
    [InlineData("(function () { function handler(event) { return event.request; } })();", "error handler-missing: handler is not at the top level -> the function outside of every other function and block")]
    [InlineData("var handler = 5;", "error handler-not-function: handler is not a function -> function handler(event) { ... }")]
    [InlineData("function handler(event, context) { return event.request; }", "warning handler-parameters: handler is called with the event only: context is undefined -> function handler(event) { ... }")]
    [InlineData("function handler(event, context, callback) { callback(null, event.request); return event.request; }", "error handler-parameters: callback is undefined: there is no callback -> return event.request;")]
    [InlineData("function handler(event) { return event; }", "error returns-event: handler returns the event itself -> return event.request;")]
    [InlineData("const handler = (event) => event;", "error returns-event: handler returns the event itself -> return event.request;")]
    [InlineData("function handler(e) { var req = e.request; return null; }", "error returns-invalid: handler must return a request or a response object -> return req;")]
    [InlineData("function handler(event) { return { request: event.request }; }", "error returns-invalid: the result is the request or response itself, not an object that holds it -> return event.request;")]
    [InlineData("function handler(event) { event.request.uri = '/'; }", "error returns-nothing: handler returns nothing -> return event.request;")]
    [InlineData("function handler(event) { if (event.request.uri === '/') { return event.request; } }", "warning returns-nothing: handler returns undefined on some paths: its end can be reached -> return event.request; at its end")]
    [InlineData("function handler(event) { if (event.request.uri === '/') return; return event.request; }", "error returns-nothing: handler returns undefined here -> return event.request;")]
    [InlineData("function handler(event) { while (true) { event.request.uri += '/'; } }", "error endless-loop: this loop has no end -> a condition, or break")]
    [InlineData("function handler(event) { return event.request; console.log('x'); }", "warning unreachable: this is never reached")]
    [InlineData("import cf from 'cloudfront'; const kvs = cf.kvs(); function handler(event) { return event.request; }", "warning kvs-not-associated: a key value store must be associated with the function, and none is given here")]
    [InlineData("import x from 'lodash'; function handler(event) { return event.request; }", "error no-such-module: there is no module lodash -> crypto, querystring, cloudfront, or code in this file")]
    public void EntryPointThatFails_IsNamed(string code, string expected) => Assert.Equal(expected, Only(Findings(code)));

    [Theory]
    [InlineData("cf.kvs('11111111-2222-3333-4444-555555555555')", "warning kvs-other-id: the associated key value store has the id s, not 11111111-2222-3333-4444-555555555555 -> cf.kvs(), which takes the associated one, or name this id: --kvs 11111111-2222-3333-4444-555555555555=FILE")]
    [InlineData("cf.kvs('s')", null)]
    [InlineData("cf.kvs()", null)]
    public void StoreOfAnotherId_IsNamed(string call, string? expected)
    {
        var contents = Assert.IsType<ImportOutcome.Imported>(KeyValueStoreContents.Import("{\"data\":[]}"u8.ToArray(), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch)).Contents;
        var code = $"import cf from 'cloudfront'; const kvs = {call}; async function handler(event) {{ event.request.uri = await kvs.get('u'); return event.request; }}";

        var findings = FunctionCheck.Run(new FunctionSource { Name = "f", Code = Encoding.UTF8.GetBytes(code), KeyValueStore = new KeyValueStore("s", contents) });

        if (expected is null)
            Assert.Empty(findings);
        else
            Assert.Equal(expected, Only(findings));
    }

    [Fact]
    public void StoreUsedWithoutAwait_IsNamed()
    {
        var findings = Findings("""
            import cf from 'cloudfront';
            const kvs = cf.kvs();
            async function handler(event) {
              if (kvs.exists('a')) { return event.request; }
              const n = await kvs.count();
              console.log(n);
              return event.request;
            }
            """);

        Assert.Equal(
            [
                "warning kvs-not-associated 2:13: a key value store must be associated with the function, and none is given here",
                "warning kvs-not-awaited 4:7: exists returns a promise, which is always true -> await kvs.exists(...)",
                "error absent-member 5:23: kvs.count does not exist in cloudfront-js-2.0 -> (await kvs.meta()).keyCount",
            ],
            findings.Select(Line));
    }

    [Theory]
    [InlineData("import cf from 'cloudfront'; function handler(event) { return event.request; }", "error no-such-module: there is no module cloudfront -> runtime cloudfront-js-2.0")]
    [InlineData("function handler(event) { console.log(Buffer.from('x')); return event.request; }", "error absent-global: Buffer does not exist in cloudfront-js-1.0 -> String.bytesFrom(text, 'base64'), or runtime cloudfront-js-2.0")]
    [InlineData("import b from 'buffer'; function handler(event) { return event.request; }", "error no-such-module: there is no module buffer -> String.bytesFrom(text, 'base64'), or runtime cloudfront-js-2.0")]
    [InlineData("var b = require('buffer'); function handler(event) { return event.request; }", "error no-such-module: there is no module buffer -> String.bytesFrom(text, 'base64'), or runtime cloudfront-js-2.0")]
    [InlineData("function handler(event) { console.log(event.request.uri.replaceAll('a', 'b')); return event.request; }", "error absent-member: strings have no method replaceAll in cloudfront-js-1.0 -> event.request.uri.split(a).join(b)")]
    [InlineData("function handler(event) { console.log(event.request.rawQueryString()); return event.request; }", "error event-property: rawQueryString is cloudfront-js-2.0's -> request.querystring")]
    public void What10DoesNotHave_IsNamed(string code, string expected) => Assert.Equal(expected, Only(Findings(code, Runtime.CloudFrontJs10)));

    /// <summary>Code that runs must have no errors: the check is only worth something if an error can be believed.</summary>
    [Theory]
    [InlineData("var seen = {}; seen.flat = function () { return 1; }; console.log(seen.flat());")]
    [InlineData("if (!Object.fromEntries) { console.log('absent'); }")]
    [InlineData("if (typeof Map === 'undefined') { console.log('absent'); }")]
    [InlineData("Object.prototype.hasOwnProperty.call(request.headers, 'host');")]
    [InlineData("if (request.headers.hasOwnProperty('host')) { console.log('x'); }")]
    [InlineData("request.headers['x-a'] = request.headers['user-agent'] || { value: '' };")]
    [InlineData("request.headers['x-a'] = { value: '1', multiValue: [{ value: '1' }] };")]
    [InlineData("request.querystring = 'a=1';")]
    [InlineData("request.querystring = Object.keys(request.querystring).sort().join('&');")]
    [InlineData("request.querystring = undefined; request.seen = true; console.log(request.seen);")]
    [InlineData("request.headers['x-a'] = { value: String(1) };")]
    [InlineData("var name = 'X'; request.headers[name.toLowerCase()] = { value: 'a' };")]
    [InlineData("delete request.headers['user-agent'];")]
    [InlineData("for (;;) { if (request.uri.length > 3) break; request.uri += '/'; }")]
    [InlineData("label: while (true) { while (true) { break label; } }")]
    [InlineData("switch (request.uri) { case '/a': return request; default: throw new Error('x'); }")]
    [InlineData("Math.max.apply(null, [1, 2]);")]
    [InlineData("var c = 0; [1].forEach(function () { c++; }); c += 1;")]
    [InlineData("console.log(JSON.stringify({ statusCode: 200 }), Number.EPSILON, Array.from([1]), Buffer.from('a').toString('hex'));")]
    [InlineData("var b = require('buffer'); console.log(b.Buffer.from('a').length, b.constants.MAX_LENGTH, b.kMaxLength);")]
    [InlineData("function setHeaders(headers) { headers['X-Custom'] = 1; } setHeaders({});")]
    [InlineData("var options = { headers: { Accept: 'x' } }; console.log(options.headers.Accept);")]
    [InlineData("console.log([1, 2].includes(2), 'a'.padStart(2), Symbol.for('x'), Promise.all([]));")]
    [InlineData("console.log(arguments.length, undefined, NaN, globalThis, this);")]
    public void CodeThatRuns_HasNoErrors(string statements) =>
        Assert.DoesNotContain(InHandler(statements), finding => finding.Severity == CheckSeverity.Error);

    [Fact]
    public void EverySample_HasNoErrors()
    {
        const string otherTier = "/lambda/";
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples"), "*.js", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "benchmarks"), "*.js", SearchOption.AllDirectories).Where(file => !file.Contains("node_modules", StringComparison.Ordinal)
                && Path.GetFileName(file) != "runaway.js"))      // loops forever on purpose, and is found to
            .Where(file => !file.Contains(otherTier, StringComparison.Ordinal))
            .Where(file => File.ReadAllText(file).Contains("function handler", StringComparison.Ordinal) || File.ReadAllText(file).Contains("handler =", StringComparison.Ordinal))
            .ToArray();

        Assert.NotEmpty(files);
        foreach (var file in files)
            Assert.Equal((file, ""), (file, string.Join('\n', Findings(File.ReadAllText(file)).Where(finding => finding.Severity == CheckSeverity.Error).Select(Line))));
    }

    [Theory]
    [InlineData(10_240, "warning size: the function has 10,240 bytes of the 10,240 that are allowed")]
    [InlineData(10_241, "error size: the function has 10,241 bytes; at most 10,240 are allowed -> a minified copy, or tables in a key value store")]
    public void Size_IsCheckedToTheByte(int bytes, string expected)
    {
        const string code = "function handler(event) { return event.request; }\n//";
        Assert.Equal(expected, Only(Findings(code.PadRight(bytes, 'x'))));
    }

    [Fact]
    public void CodeThatIsNotUtf8_IsNamed()
    {
        var source = new FunctionSource { Name = "x", Code = new byte[] { (byte)'v', 0xff, 0xfe } };
        Assert.Equal("error encoding: the code is not UTF-8 text", Only(FunctionCheck.Run(source)));
    }

    [Fact]
    public void Rules_HaveDistinctIds_AndAreDocumented()
    {
        Assert.Equal(CheckRules.All.Count, CheckRules.All.Select(rule => rule.Id).Distinct().Count());
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "function-check.md"), Encoding.UTF8);
        foreach (var rule in CheckRules.All)
            Assert.Contains($"| `{rule.Id}` | {rule.Title}", page, StringComparison.Ordinal);
    }
}
