using System.Collections.Frozen;

namespace Brink.Checking;

/// <summary>
/// What to write instead of what the runtimes do not have. In the texts <c>{x}</c> is the receiver, as the script spells it.
/// </summary>
internal static class Advice
{
    private const string NoTimers = "nothing: a function has no timers and cannot wait";
    private const string NoNetwork = "data in a key value store, or Lambda@Edge: a function has no network";
    private const string NoEnvironment = "a constant, or a key value store: a function has no process and no environment variables";
    private const string NoModules = "a plain function handler(event) { ... }: the entry point is found by its name";
    private const string PlainObject = "a plain object: var seen = {}; seen[key] = true;";
    private const string Nothing = "nothing: there is no browser here";

    private static readonly FrozenDictionary<string, string> OfGlobals = new Dictionary<string, string>
    {
        ["Map"] = "a plain object: var map = {}; map[key] = value;",
        ["Set"] = PlainObject,
        ["WeakMap"] = PlainObject,
        ["WeakSet"] = PlainObject,
        ["WeakRef"] = "the object itself",
        ["Proxy"] = "a function that reads the object",
        ["Reflect"] = "the functions of Object",
        ["BigInt"] = "a number: exact up to 2 to the power of 53",
        ["Intl"] = "formatting by hand",
        ["URL"] = "event.request.uri and event.request.querystring, which are parsed already",
        ["URLSearchParams"] = "event.request.querystring, or require('querystring').parse(text)",
        ["structuredClone"] = "JSON.parse(JSON.stringify(value))",
        ["queueMicrotask"] = "Promise.resolve().then(function () { ... })",
        ["performance"] = "Date.now(): time stands still within a run",
        ["crypto"] = "import crypto from 'crypto';",
        ["escape"] = "encodeURIComponent(text)",
        ["unescape"] = "decodeURIComponent(text)",
        ["setTimeout"] = NoTimers,
        ["setInterval"] = NoTimers,
        ["setImmediate"] = NoTimers,
        ["clearTimeout"] = NoTimers,
        ["clearInterval"] = NoTimers,
        ["clearImmediate"] = NoTimers,
        ["fetch"] = NoNetwork,
        ["XMLHttpRequest"] = NoNetwork,
        ["WebSocket"] = NoNetwork,
        ["AbortController"] = NoNetwork,
        ["process"] = NoEnvironment,
        ["Deno"] = NoEnvironment,
        ["Bun"] = NoEnvironment,
        ["__dirname"] = "nothing: a function has no file system",
        ["__filename"] = "nothing: a function has no file system",
        ["module"] = NoModules,
        ["exports"] = NoModules,
        ["Headers"] = "a plain object: { 'x-name': { value: 'text' } }",
        ["Request"] = "event.request",
        ["Response"] = "a plain object: { statusCode: 200, headers: { ... }, body: '...' }",
        ["window"] = Nothing,
        ["document"] = Nothing,
        ["self"] = "globalThis",
        ["navigator"] = "event.request.headers['user-agent'].value",
        ["localStorage"] = "a cookie, or a key value store",
        ["Iterator"] = "an array",
        ["FinalizationRegistry"] = "nothing: nothing outlives a run",
        ["Atomics"] = "plain arithmetic",
        ["SharedArrayBuffer"] = "ArrayBuffer",
        // In 1.0.
        ["Buffer"] = "String.bytesFrom(text, 'base64'), or runtime cloudfront-js-2.0",
        ["atob"] = "String.bytesFrom(text, 'base64'), or runtime cloudfront-js-2.0",
        ["btoa"] = "text.toUTF8().toString('base64'), or runtime cloudfront-js-2.0",
        ["TextEncoder"] = "text.toUTF8(), or runtime cloudfront-js-2.0",
        ["TextDecoder"] = "bytes.fromUTF8(), or runtime cloudfront-js-2.0",
        ["DataView"] = "typed arrays, or runtime cloudfront-js-2.0",
        ["global"] = "globalThis",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> OfMembers = new Dictionary<string, string>
    {
        ["Object.fromEntries"] = "var object = {}; entries.forEach(function (e) { object[e[0]] = e[1]; });",
        ["Object.hasOwn"] = "Object.prototype.hasOwnProperty.call(object, key)",
        ["Object.groupBy"] = "list.reduce(function (groups, x) { ... }, {})",
        ["Object.getOwnPropertySymbols"] = "Object.keys(object)",
        ["Map.groupBy"] = "list.reduce(function (groups, x) { ... }, {})",
        ["String.raw"] = "a string with double backslashes",
        ["Array.fromAsync"] = "a loop with await",
        ["Promise.withResolvers"] = "new Promise(function (resolve, reject) { ... })",
        ["Promise.try"] = "an async function",
        ["console.error"] = "console.log(...)",
        ["console.warn"] = "console.log(...)",
        ["console.info"] = "console.log(...)",
        ["console.debug"] = "console.log(...)",
        ["console.trace"] = "console.log(...)",
        ["console.table"] = "console.log(JSON.stringify(...))",
        ["console.dir"] = "console.log(JSON.stringify(...))",
        ["console.time"] = "nothing: time stands still within a run; brink function test shows the compute utilization",
        ["console.timeEnd"] = "nothing: time stands still within a run; brink function test shows the compute utilization",
        ["crypto.randomUUID"] = "Math.random(), or event.context.requestId, which is unique",
        ["crypto.randomBytes"] = "Math.random()",
        ["crypto.getRandomValues"] = "Math.random()",
        ["crypto.timingSafeEqual"] = "a loop over both texts that compares every character",
        ["crypto.subtle"] = "crypto.createHmac('sha256', key).update(text).digest('hex')",
        ["crypto.createVerify"] = "an HMAC (HS256): there is no public-key cryptography",
        ["crypto.createSign"] = "an HMAC (HS256): there is no public-key cryptography",
        ["kvs.count"] = "(await kvs.meta()).keyCount",
        ["kvs.put"] = "the API: functions only read key value stores",
        ["kvs.set"] = "the API: functions only read key value stores",
        ["kvs.delete"] = "the API: functions only read key value stores",
        ["kvs.list"] = "a value that holds the names of the keys: a function can only ask for one key",
        ["kvs.keys"] = "a value that holds the names of the keys: a function can only ask for one key",
        ["cf.overrideRequestOrigin"] = "cf.selectRequestOriginById(id, { ... })",
        ["cf.fetch"] = NoNetwork,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> OfMethods = new Dictionary<string, string>
    {
        ["flat"] = "[].concat.apply([], {x})",
        ["flatMap"] = "[].concat.apply([], {x}.map(f))",
        ["at"] = "{x}[i], and {x}[{x}.length - i] from the end",
        ["findLast"] = "{x}.slice().reverse().find(f)",
        ["findLastIndex"] = "a loop from the end",
        ["toSorted"] = "{x}.slice().sort()",
        ["toReversed"] = "{x}.slice().reverse()",
        ["toSpliced"] = "var copy = {x}.slice(); copy.splice(...);",
        ["with"] = "var copy = {x}.slice(); copy[i] = value;",
        ["matchAll"] = "while ((match = pattern.exec({x})) !== null) { ... } with the flag g",
        ["normalize"] = "nothing: there is no normalization of Unicode",
        ["localeCompare"] = "{x} < other ? -1 : {x} > other ? 1 : 0",
        ["toLocaleLowerCase"] = "{x}.toLowerCase()",
        ["toLocaleUpperCase"] = "{x}.toUpperCase()",
        ["isWellFormed"] = "nothing: strings have no lone surrogates",
        ["toWellFormed"] = "nothing: strings have no lone surrogates",
        ["replaceAll"] = "{x}.split(a).join(b)",
        ["trimLeft"] = "{x}.trimStart()",
        ["trimRight"] = "{x}.trimEnd()",
        ["contains"] = "{x}.includes(part)",
        ["group"] = "{x}.reduce(function (groups, x) { ... }, {})",
        ["toLocaleString"] = "{x}.toString()",
        ["toLocaleDateString"] = "{x}.toISOString().slice(0, 10)",
        ["toLocaleTimeString"] = "{x}.toISOString().slice(11, 19)",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What newer versions of the language have on arrays, strings and dates, and the runtimes lack.</summary>
    public static bool IsKnownMethod(string name) => OfMethods.ContainsKey(name);

    public static string? ForGlobal(string name) => OfGlobals.GetValueOrDefault(name);

    public static string? ForMember(string holder, string name) => OfMembers.GetValueOrDefault($"{holder}.{name}");

    public static string? ForMethod(string name, string? receiver, string kind) =>
        OfMethods.GetValueOrDefault(name)?.Replace("{x}", receiver ?? kind, StringComparison.Ordinal);
}
