// Walks everything that a script can reach, to describe it or to spoil it. Lines marked 2.0 are left out for runtime 1.0.
import cf from 'cloudfront'; // 2.0
var crypto = require('crypto'), querystring = require('querystring');
var kept, global0 = globalThis;
var define = Object.defineProperty, describe = Object.getOwnPropertyDescriptor, namesOf = Object.getOwnPropertyNames, prototypeOf = Object.getPrototypeOf;
var setPrototypeOf = Object.setPrototypeOf, freeze = Object.freeze, isExtensible = Object.isExtensible;
var text = String, symbolFor, error0 = Error, reject = Promise.reject.bind(Promise);
var indexOf = Function.prototype.call.bind(Array.prototype.indexOf), push = Function.prototype.call.bind(Array.prototype.push), forEach = Function.prototype.call.bind(Array.prototype.forEach), join = Function.prototype.call.bind(Array.prototype.join);

function tag(strings) { return strings }
function literal() { return /le(ak)?/g }
function template() { return tag`a${1}b` }
function Constructor() { this.made = true }

function roots(event) {
    var all = {
        global0, handler, tag, arrow: x => x, bound: tag.bind(null, 1), made: new Constructor(), arguments: arguments, array: [1], object: { a: 1 },
        literal: literal(), template: template(), match: /(e)(a)/.exec('leak'), date: new Date(0), error: new TypeError('e'), promise: Promise.resolve(1), pending: new Promise(() => {}),
        number: Object(1), string: Object('s'), boolean: Object(true), buffer: new ArrayBuffer(2), bytes: new Uint8Array(2), words: new Int16Array(2), doubles: new Float64Array(1),
        crypto, querystring, hash: crypto.createHash('md5'), hmac: crypto.createHmac('sha1', 'k'), console, event,
        required: require('crypto'), accessor: { get a() { return 1 }, set a(v) {} },
        cf, bufferModule: require('buffer'), kvs: cf.kvs(), asyncFunction: async function () {}, asyncArrow: async () => 1, // 2.0
        entries: [1].entries(), nodeBuffer: Buffer.from('b'), view: new DataView(new ArrayBuffer(1)), // 2.0
        encoder: new TextEncoder(), decoder: new TextDecoder(), symbol: Object(Symbol.iterator), registered: Object(Symbol.for('registered')), // 2.0
    };
    return all;
}
var symbols = typeof Symbol == 'undefined' ? [] : [Symbol.iterator, Symbol.asyncIterator, Symbol.hasInstance, Symbol.toPrimitive, Symbol.toStringTag, Symbol.species, Symbol.isConcatSpreadable, Symbol.unscopables, Symbol.match, Symbol.matchAll, Symbol.replace, Symbol.search, Symbol.split].filter(symbol => typeof symbol == 'symbol');
symbolFor = Symbol.for; // 2.0

// Objects, each with the way to it.
function reach(event) {
    var objects = [], paths = [], i, j, keys, found;
    function add(path, value) {
        if (value === null || (typeof value != 'object' && typeof value != 'function') || indexOf(objects, value) >= 0) return;
        push(objects, value);
        push(paths, path);
    }
    var all = roots(event);
    for (i in all) add(i, all[i]);
    for (i = 0; i < objects.length; i++) {
        add(paths[i] + '.__proto__', prototypeOf(objects[i]));
        keys = keysOf(objects[i]);
        for (j = 0; j < keys.length; j++) {
            found = describe(objects[i], keys[j]);
            add(paths[i] + '.' + text(keys[j]), found.value);
            add(paths[i] + '.get ' + text(keys[j]), found.get);
            add(paths[i] + '.set ' + text(keys[j]), found.set);
        }
    }
    return { objects, paths };
}

function keysOf(object) {
    var keys = namesOf(object), i;
    for (i = 0; i < symbols.length; i++) if (describe(object, symbols[i])) push(keys, symbols[i]);
    return keys;
}

// Everything in one text: what is where, with which flags.
function portrait(event) {
    var world = reach(event), lines = [], i, j, keys, found, line;
    function shown(value) {
        if (value === null || (typeof value != 'object' && typeof value != 'function')) return typeof value + ' ' + text(value);
        return '#' + indexOf(world.objects, value);
    }
    for (i = 0; i < world.objects.length; i++) {
        line = world.paths[i] + ' ' + isExtensible(world.objects[i]) + ' ' + shown(prototypeOf(world.objects[i]));
        keys = keysOf(world.objects[i]);
        for (j = 0; j < keys.length; j++) {
            found = describe(world.objects[i], keys[j]);
            line += '\n  ' + text(keys[j]) + ' ' + found.enumerable + ' ' + found.configurable + ' ' + found.writable + ' ' + shown(found.value) + ' ' + shown(found.get) + ' ' + shown(found.set);
        }
        push(lines, line);
    }
    push(lines, typeof kept + Math.random() + Math.random() + Date.now() + JSON.stringify(/(a)(b)?/.exec('xab')) + 'abc'.replace(/b/g, '$`') + literal().test('leak') + literal().lastIndex + text(crypto.createHash('md5').update('a').digest('hex')));
    return join(lines, '\n');
}

// Everything that can be written is written to.
var evil = { evil: 1 };
function spoil(event, way, mark) {
    var objects = reach(event).objects, i, j, keys;
    function attempt(work) { try { work() } catch (e) {} }
    var leak = function () { return mark };
    for (i = objects.length - 1; i >= 0; i--) {
        let o = objects[i]; // 2.0
        var o1 = objects[i];
        keys = way == 'overwrite' || way == 'remove' || way == 'accessor' ? keysOf(o1) : [];
        if (way == 'add') {
            attempt(() => { o1['leak ' + mark] = mark });
            attempt(() => { define(o1, 'hidden ' + mark, { value: leak }) });
            attempt(() => { o1[i + 1000000] = mark });
            attempt(() => { o1[symbolFor(mark)] = mark }); // 2.0
            attempt(() => { o[Symbol(mark)] = o }); // 2.0
        }
        for (j = 0; j < keys.length; j++) {
            if (way == 'overwrite') {
                attempt(() => { o1[keys[j]] = j % 2 ? mark : leak });
                attempt(() => { define(o1, keys[j], { value: mark }) });
            } else if (way == 'remove') {
                attempt(() => { delete o1[keys[j]] });
            } else {
                attempt(() => { define(o1, keys[j], { get: leak, set: leak }) });
            }
        }
        if (way == 'prototype') attempt(() => { setPrototypeOf(o1, evil) });
        if (way == 'freeze') attempt(() => { freeze(o1) });
    }
    kept = mark;
    var re = literal();
    attempt(() => { re.lastIndex = 3; re.exec('leak leak ' + mark); re.mark = mark });
    attempt(() => { new RegExp('(' + mark + ')').exec(mark) });
    attempt(() => { template().mark = mark });
    attempt(() => { kept = [mark, { [mark]: mark }] });
    attempt(() => { for (var k = 0; k < 300; k++) kept['key ' + mark + k] = { [mark + k]: k } });
    attempt(() => { crypto.createHash('md5').update(mark) });
    attempt(() => { reject(mark).catch(() => new Promise(() => {})) });
    attempt(() => { kept.push(new Promise(no => { kept.no = no }).then(() => mark, () => mark)) });
    attempt(() => { (async () => { await new Promise(() => {}); return mark })() }); // 2.0
    attempt(() => { symbolFor(mark) }); // 2.0
}

function work(event) {
    var headers = event.request.headers, way = headers.way.value, ending = headers.ending ? headers.ending.value : '', mark = headers.mark ? headers.mark.value : '';
    if (way == 'portrait') return portrait(event);
    if (way == 'objects') return reach(event).objects;
    function over(n) { if (n > 0) forEach([1], () => over(n - 1)); else for (;;) {} }
    var result = { evil };
    spoil(event, way, mark);
    switch (ending) {
        case 'throw': throw new error0(mark);
        case 'throw text': throw mark;
        case 'compute': for (;;) {}
        case 'compute, deep': over(20);
        case 'memory': for (var s = mark; ;) s = s + s;
        case 'unhandled': reject(mark);
        case 'invalid': return { statusCode: mark, headers: { [mark]: { value: mark } } };
        case 'fault': fault.raise(mark);
    }
    return result;
}
function handler(event) { return work(event) }
