namespace Brink.ScriptGenerator;

/// <summary>
/// What can be written, as rows of text with holes (<see cref="Kind"/>). A row that begins with <c>2|</c> is for runtime 2.0 only, with <c>h|</c> for
/// scripts that have the host, with <c>u|</c> for scripts that need not be portable; the marks can be combined. Portable rows are
/// limited to what every engine of the dialect answers alike.
/// </summary>
internal static class Grammar
{
    public static string[] RowsOf(Kind kind) => kind switch
    {
        Kind.Number => Number,
        Kind.Integer => Integer,
        Kind.Text => Text,
        Kind.Boolean => Boolean,
        Kind.Array => Array,
        Kind.Object => Object,
        Kind.Function => Function,
        Kind.Comparer => Comparer,
        Kind.RegExp => RegExp,
        Kind.Date => Date,
        Kind.Bytes => Bytes,
        Kind.Promise => Promise,
        Kind.Key => Key,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>What ends the nesting.</summary>
    public static string[] LeavesOf(Kind kind) => kind switch
    {
        Kind.Number => ["0", "1", "-1", "2.5", "1e21", "-0", "NaN", "Infinity", "0x1f", "1e-7", "4294967296", "2147483647", "-2147483648", "0.1", "123456789", "9007199254740991", "2|1_000", "0b101", "0o17"],
        Kind.Integer => ["0", "1", "2", "3", "4", "5", "7", "-1", "-2"],
        Kind.Text => ["''", "'a'", "'abc'", "\"héllo\"", "'a,b,,c'", "'x=1&y=%20z'", "'\\u{1F600}b'", "'😀é漢'", "'AbC'", "' pad\\t'", "'10'", "'-0x1f'", "'a\\nb\\0c'", "'%E2%82%AC'", "'YWJj'", "'{\"a\":[1,{\"b\":null}]}'", "'2020-02-29T10:00:00Z'", "`t`", "'$1$&$$'"],
        Kind.Boolean => ["true", "false"],
        Kind.Array => ["[]", "[1, 2, 3]", "['b', 'a', 'c']", "[1, , 3]", "[[1], [2, [3]]]", "[3, 'x', null, undefined, true]"],
        Kind.Object => ["{}", "{a: 1, b: 'two', 1: true}", "{c: {d: [1]}, e: null}", "{length: 2, 0: 'p', 1: 'q'}", "{toString: function () { return 'ts' }}", "{valueOf: function () { return 42 }}"],
        Kind.Function => ["(x => x)", "((a, b) => a)", "function () { return this === undefined }", "((a, b, c) => b)", "String", "Number", "Math.abs", "parseInt"],
        Kind.Comparer => ["((a, b) => a - b)", "((a, b) => (a < b ? -1 : a > b ? 1 : 0))", "(() => 0)"],
        Kind.RegExp => ["/a/", "/[a-c]+/g", "/(\\d+)-?(x)?/i", "/^\\s*|\\s*$/g", "/(?<k>[^=&]+)=([^&]*)/g"],
        Kind.Date => ["new Date(0)", "new Date(1582970400000)", "new Date(NaN)", "new Date(2020, 1, 29)"],
        Kind.Bytes => ["new Uint8Array([1, 2, 255])", "2|Buffer.from('abc')", "new Float64Array(2)", "new Int16Array([1, -1])"],
        Kind.Promise => ["Promise.resolve(1)", "Promise.resolve('p')"],
        Kind.Key => ["'a'", "'b'", "'length'", "0", "1", "'x'", "'toString'", "'constructor'"],
        _ => ["undefined", "null"],
    };

    private static readonly string[] Number =
    [
        "$n + $n", "$n - $n", "$n * $n", "$n / $n", "$n % $n", "($n) ** $i", "-$n", "+$v", "~$n", "$n | $n", "$n & $n", "$n ^ $n", "$n << $i", "$n >> $i", "$n >>> $i",
        "($b ? $n : $n)", "($n, $n)", "Math.max($n, $n)", "Math.min($n, $n)", "Math.floor($n)", "Math.round($n)", "Math.abs($n)", "Math.trunc($n)", "Math.sign($n)", "Math.sqrt($n)",
        "Math.imul($n, $n)", "Math.clz32($n)", "Math.fround($n)", "Math.ceil($n)", "u|Math.hypot($n, $n)", "u|Math.pow($n, $n)", "u|Math.sin($n)", "u|Math.log($n)", "u|Math.cbrt($n)",
        "parseInt($s, 10)", "parseInt($s)", "parseFloat($s)", "Number($v)", "$s.length", "$a.length", "$s.indexOf($s)", "$s.lastIndexOf($s)", "$s.charCodeAt($i)", "$s.codePointAt($i)", "$s.search($r)",
        "$a.indexOf($v)", "$a.lastIndexOf($v)", "$a.push($v)", "$a.unshift($v, $v)", "[$n, $n, $n].reduce((a, b) => a + b)", "$a.reduce(function (a, x) { return a + (+x || 0) }, $n)", "$a.reduceRight((a, x, i) => a + i, 0)", "$a.findIndex($f)",
        "$d.getTime()", "$d.getUTCFullYear()", "$d.getUTCDay()", "$d.getUTCMinutes()", "Date.UTC($i, $i, $i)", "Date.parse($s)", "$d.setUTCMonth($i)", "u|Date.now()", "u|Math.random()",
        "$u.length", "$u[$i]", "$u.byteLength", "2|Buffer.byteLength($s)", "2|Buffer.from($s).readUInt8($i)", "2|Buffer.from($s).indexOf($s)", "2|Buffer.compare(Buffer.from($s), Buffer.from($s))", "2|Buffer.alloc(8).writeInt32BE($n, $i)",
        "2|new DataView(new ArrayBuffer(8)).getInt16($i)", "$f.length", "arguments.length", "Object.keys($o).length", "$r.lastIndex", "(function (a, b) { return a + b }($n, $n))", "((...r) => r.length)($v, $v)", "+$d", "void 0 || $n", "($v, $n)",
        "Number.MAX_SAFE_INTEGER - $n", "Number.EPSILON * $n", "Number.parseFloat($s)", "$n ?? $n", "($n || $n)", "($n && $n)",
    ];

    private static readonly string[] Integer = ["$n & 7", "$s.length & 3", "$a.length & 7", "($n | 0) % 5", "($b ? $i : $i)", "$i + 1", "$i - 1"];

    private static readonly string[] Text =
    [
        "$s + $s", "$s + $v", "$n + $s", "`${$v}-${$s}`", "`a${$n}${`in${$s}`}`", "String($v)", "$s.slice($i, $i)", "$s.substring($i, $i)", "$s.substr($i, $i)", "$s.charAt($i)", "$s[$i]", "$s.toUpperCase()", "$s.toLowerCase()", "$s.trim()", "$s.trimStart()", "$s.trimEnd()",
        "$s.repeat($i & 3)", "$s.padStart($i + 3, $s)", "$s.padEnd($i + 3, $s)", "$s.concat($v, $s)", "$s.replace($s, $s)", "$s.replace($r, $s)", "$s.replace($r, $f)", "2u|$s.replaceAll($s, $s)", "$s.split($s).join($s)",
        "JSON.stringify($v)", "JSON.stringify($v, null, $i)", "JSON.stringify($o, ['a', 'b'])", "JSON.stringify($v, function (k, v) { return typeof v == 'number' ? v + 1 : v })", "$a.join($s)", "$a.toString()", "($n).toString()", "($n).toString(2 + (($i & 7) << 2))", "($n).toFixed($i & 7)", "u|($n).toPrecision(1 + ($i & 7))", "($n).toExponential($i & 7)",
        "encodeURIComponent($s)", "decodeURIComponent($s)", "encodeURI($s)", "decodeURI($s)", "2|btoa($s)", "2u|atob($s)", "String.fromCharCode($n, $n)", "String.fromCodePoint($i + 65)", "typeof $v", "$d.toISOString()", "$d.toUTCString()", "$d.toString()",
        "$r.source", "String($r)", "2|$u.toString()", "2|Buffer.from($s).toString('hex')", "2|Buffer.from($s).toString('base64')", "2u|Buffer.from($s, 'base64url').toString()", "2|Buffer.concat([Buffer.from($s), Buffer.from($s)]).toString('base64url')", "2|new TextDecoder().decode(new TextEncoder().encode($s))",
        "Object.prototype.toString.call($v)", "($b ? $s : $s)", "($s || $s)", "[$v, $v].join()", "u|(function t(s, v) { return s.raw.join(v) + s[0] })`a\\n${$v}b`", "(function t(s, v) { return s.join(v) })`a\\n${$v}b`", "Object.keys($o).join()", "new String($s).toString()", "$a.map($f).join('|')", "''.concat($a)",
        "h2|require('crypto').createHash('sha256').update($s).digest('hex')", "h|require('crypto').createHmac('md5', $s).update($s).update($s).digest('base64')", "h|require('querystring').stringify($o)", "h|require('querystring').escape($s)", "h|require('querystring').unescape($s)",
        "h|event.request.uri", "h|event.request.method", "h|event.viewer.ip", "h|event.request.headers.host.value", "h|(event.request.headers[$k] || {value: $s}).value", "h|(event.request.cookies.sid ? event.request.cookies.sid.value : $s)", "h|event.request.querystring.q.value", "h|JSON.stringify(event.request.querystring)", "h2|event.request.rawQueryString()",
        "h|JSON.stringify(event)", "new Error($s).message", "new TypeError($v) + ''",
    ];

    private static readonly string[] Boolean =
    [
        "$n < $n", "$n >= $n", "$n === $n", "$v == $v", "$v !== $v", "$v != $v", "$s < $s", "$v > $v", "!$v", "$b && $b", "$b || $b", "isNaN($v)", "isFinite($n)", "Number.isInteger($n)", "Number.isSafeInteger($v)", "Array.isArray($v)", "$r.test($s)", "$s.includes($s)", "$s.startsWith($s, $i)", "$s.endsWith($s)",
        "$a.includes($v)", "$a.some($f)", "$a.every($f)", "$k in $o", "$o.hasOwnProperty($k)", "$v instanceof Object", "$v instanceof Array", "$a instanceof Array", "delete $o[$k]", "delete $a[$i]", "Object.is($v, $v)", "Object.isFrozen($o)", "$o.propertyIsEnumerable($k)", "Object.prototype.isPrototypeOf($o)", "$v ? $b : $b", "u|Math.random() < 2",
        "2|Buffer.isBuffer($v)", "ArrayBuffer.isView($v)", "$u.every ? true : false", "typeof $v === 'object'", "2|Buffer.from($s).equals(Buffer.from($s))", "$r.global", "h|'host' in event.request.headers", "h|'q' in event.request.querystring",
    ];

    private static readonly string[] Array =
    [
        "[$v, $v, $v]", "[$n, $s]", "[$a, $o]", "[, $v, , ]", "$a.map($f)", "$a.filter($f)", "$a.slice($i, $i)", "$a.concat($v, $a)", "$a.splice($i, $i, $v)", "$a.reverse()", "$a.sort()", "$a.sort($c)", "[$n, $n, $n, $n].sort($c)", "$s.split($s)", "$s.split($s, $i)", "$s.split($r)", "$s.split('')", "$s.match($r) || []", "u|$r.exec($s) || []", "Object.keys($o)", "u|Object.values($o)", "u|Object.entries($o)",
        "Object.getOwnPropertyNames($o)", "Array.of($v, $v)", "2u|Array.from($s)", "2u|Array.from({length: $i}, $f)", "2u|Array.from($a, $f)", "new Array($i & 7)", "new Array($v, $v)", "new Array(3).fill($v)", "$a.fill($v, $i)", "$a.copyWithin($i, $i)", "Array.prototype.slice.call(arguments)", "Array.prototype.map.call($s, $f)", "($b ? $a : $a)", "$s.split(',').map($f)",
        "Array.apply(null, $a)", "Array.prototype.concat.apply([], [$a, $a])", "JSON.parse(JSON.stringify($a))", "2|Array.prototype.slice.call($u)", "((...r) => r)($v, $n)", "(a => (a.sort($c), a))([$v, $v, $s])", "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map($f)",
    ];

    private static readonly string[] Object =
    [
        "{$x: $v}", "{$x: $n, $x: $s}", "{$x: $a, $x: $o, $x: $f}", "{[$s]: $v, $x: $v}", "{get $x() { return $v }}", "{get $x() { return $n }, set $x(v) { this._w = v }}", "{$x() { return this.a }, a: $v}", "{__proto__: $o, $x: $v}", "Object.assign($o, $o)", "Object.create($o)", "Object.create(null)", "Object.freeze($o)", "Object.seal($o)", "Object.preventExtensions($o)", "JSON.parse(JSON.stringify($o))",
        "JSON.parse($s)", "JSON.parse('{\"a\":[1,2,{\"b\":\"c\"}],\"10\":1,\"2\":2}', function (k, v) { return typeof v == 'number' ? v * 2 : v })", "Object.defineProperty($o, $k, {value: $v, enumerable: $b, configurable: $b, writable: $b})", "Object.defineProperty($o, $k, {get: $f, enumerable: true, configurable: true})", "Object.defineProperties($o, {q: {value: $v}})", "Object.setPrototypeOf($o, $o)", "Object.getOwnPropertyDescriptor($o, $k) || {}", "2|Object.getOwnPropertyDescriptors($o)",
        "Object.getPrototypeOf($o) || {}", "new Object($v)", "new Number($n)", "new Boolean($b)", "new String($s)", "new Error($s)", "new RangeError($s)", "(function () { this.a = $v; this.b = $n })", "new (function (a) { this.a = a; this.m = function () { return this.a } })($v)", "(o => (o[$k] = $v, o))($o)", "(o => (delete o[$k], o))($o)", "($b ? $o : $o)", "$a", "arguments", "2|new DataView(new ArrayBuffer($i & 7))", "new ArrayBuffer(8)", "2|Symbol($s)", "2|{[Symbol.toPrimitive]: $f}", "2|{[Symbol('q')]: $v, $x: $n}",
        "h|require('querystring').parse($s)", "h|event.request", "h|event.request.headers", "h|event.request.cookies", "h|event.request.querystring", "h|event.context", "h|event", "h|{value: $s}", "h|{statusCode: 302, statusDescription: $s, headers: {location: {value: $s}}}", "h|require('crypto').createHash('md5')",
    ];

    private static readonly string[] Function =
    [
        "(x => $v)", "((x, y) => $n)", "((x, y, z) => $s)", "(x => ({$x: x}))", "function (x, y) { $S return $v }", "(x => { $S return x })", "$f.bind($v, $v)", "(($b) ? $f : $f)", "(x => y => [x, y, $v])", "function self(n) { return n > 0 && n < 5 ? self(n - 1) : $v }", "((...r) => r.length)", "function () { return arguments.length + (arguments[0] || '') }", "function () { return this }", "(x => { throw $v })", "2|(async x => $v)", "2|(async function (x) { $A return x })",
    ];

    private static readonly string[] Comparer = ["((a, b) => $n)", "((a, b) => String(b).length - String(a).length)", "((a, b) => (a > b) - (a < b))", "function (a, b) { return a === b ? 0 : $n }"];

    // The patterns themselves come from Patterns.
    private static readonly string[] RegExp = ["($b ? $r : $r)", "new RegExp($s)", "new RegExp($s, 'g')", "new RegExp($r)"];

    private static readonly string[] Date = ["new Date($n)", "new Date($s)", "new Date($i + 2000, $i, $i, $i, $i)", "new Date($d)", "u|new Date()"];

    private static readonly string[] Bytes =
    [
        "new Uint8Array($a)", "new Uint8Array($i & 15)", "new Int32Array($a)", "new Float32Array([$n, $n])", "new Uint8ClampedArray([$n, $n])", "$u.subarray($i, $i)", "$u.slice($i, $i)", "$u.fill($n)", "$u.sort()", "2|$u.map($f)", "2|$u.filter($f)", "2|$u.reverse()", "2|Buffer.from($s)", "2|Buffer.from($s, 'hex')", "2u|Buffer.from($s, 'base64')", "2|Buffer.alloc($i & 15, $s)", "2|Buffer.from($a)", "2|Buffer.concat([$u, Buffer.from($s)])", "2|new TextEncoder().encode($s)", "2|Uint16Array.from($a)", "2|Int8Array.of($n, $n)", "new Uint16Array(new Uint8Array([1, 2, 3, 4]).buffer, $i & 2)", "$u.copyWithin($i, $i)",
        "2h|require('crypto').createHash('sha1').update($u).digest()",
    ];

    private static readonly string[] Promise =
    [
        "Promise.resolve($v)", "Promise.resolve($p)", "$p.then($f)", "$p.then($f, $f)", "$p.catch($f)", "$p.finally(() => $v)", "Promise.reject($v).catch($f)", "new Promise((ok, no) => ok($v))", "new Promise((ok, no) => { $S ok($n) })", "new Promise((ok, no) => no($v)).then(null, $f)", "Promise.all([$p, $v])", "Promise.race([$p, $p])", "Promise.allSettled([$p, Promise.reject($v)])", "Promise.any([Promise.reject(1), $p])", "(async () => $v)()", "(async x => { $A return x })($v)", "(async function () { $A })()", "({then: $f})",
    ];

    private static readonly string[] Key = ["$s", "$i", "$n", "'k' + $i", "2|Symbol.iterator", "`${$s}`"];

    /// <summary>Statements. Names that they declare are known behind them: the writer looks at what follows <c>$w</c>.</summary>
    public static readonly string[] Statements =
    [
        "if ($b) { $S }", "if ($v) { $S } else { $S }", "if ($b) $L = $v; else $L = $v;", "switch ($v) { case $v: $S break; case $v: $S default: $S }", "switch ($i) { case 0: $S case 1: $S break; case 2: $S }",
        "try { $S } catch (e) { show(e) }", "try { $S } finally { $S }", "try { $S throw $v } catch (e) { show(e) } finally { $S }", "try { throw new Error($s) } catch (e) { show(e.message); $S }", "try { null.$x } catch (e) { show(e) }", "try { $o.$x() } catch (e) { show(e) }", "try { $o.$x.$x = $v } catch (e) { show(e) }", "try { undefinedName } catch (e) { show(e) }",
        "{ $S }", "$L = $v;", "$L += $v;", "$L = $L;", "show($v);", "show($n);", "show($s);", "show($a);", "show($o);", "show($b);", "$o[$k] = $v;", "$a[$i] = $v;", "$a.length = $i & 7;", "$u[$i] = $n;", "$a.forEach($f);", "$r.lastIndex = $i;", "($v);", ";", "$o.$x = $f;", "$a.pop();", "$a.shift();",
        "(function () { $S })();", "[1, 2].forEach(function (x) { $S });", "$f.call($v, $v, $v);", "$f.apply($v, $a);", "$w: { $S if ($b) break $w; $S }", "u|Object.prototype.$x = $v;", "u|Array.prototype.$x = $f;", "u|String.prototype.$x = $f;", "u|globalThis.$x = $v;", "u|Math.$x = $f;",
        "h|event.request.uri = '/' + encodeURIComponent($s);", "h|event.request.headers[$k] = {value: $s};", "h|event.request.headers['x-' + $i] = {value: $s};", "h|delete event.request.headers[$k];", "h|event.request.cookies.c = {value: encodeURIComponent($s)};", "h|event.request.querystring[$k] = {value: $s};", "h|event.request.querystring.m = {value: '1', multiValue: [{value: '1'}, {value: $s}]};", "h|console.log($v);", "h|event = $v;", "h|event.request.$x = $v;",
        "h|for (var $w in event.request.headers) { show($w) }",
    ];

    /// <summary>Only where await may stand.</summary>
    public static readonly string[] AsyncStatements =
    [
        "$L = await $p;", "if (await $p) { $S }", "try { await Promise.reject($v) } catch (e) { show(e) }", "$L = [await $p, await $v];", "$L = `${await $p}`;", "$L = (await $p) + (await $v);", "$L = $b ? await $p : $v;", "await $p;", "try { $L = await $p } finally { $S }", "$L = {a: await $p};", "while (await false) { $S }",
    ];
}
