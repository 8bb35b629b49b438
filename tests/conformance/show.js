// Shows a value as text, the same in every engine that runs the corpus. Appended to each row's script; ES5 only, so that runtime 1.0 can run it.
var showOwn = Object.prototype.hasOwnProperty, showTag = Object.prototype.toString, showDescriptor = Object.getOwnPropertyDescriptor;
var showNames = Object.keys, showIso = Date.prototype.toISOString, showString = String, showPromise = Promise, showThen = Promise.prototype.then, showError = Error;
function showText(text) {
    return "'" + text.replace(/[\\'\n\r\t\x00-\x1f\x7f]/g, function (c) {
        var plain = { '\\': '\\\\', "'": "\\'", '\n': '\\n', '\r': '\\r', '\t': '\\t' };
        return plain[c] || '\\x' + (c.charCodeAt(0) < 16 ? '0' : '') + c.charCodeAt(0).toString(16);
    }) + "'";
}
function showKey(key) { return /^[A-Za-z_$][\w$]*$|^(0|[1-9]\d*)$/.test(key) ? key : showText(key); }
function showMember(holder, key, open) {
    var own = showDescriptor(holder, key);
    if (own && (own.get || own.set)) return own.get && own.set ? '[get set]' : own.get ? '[get]' : '[set]';
    return show(holder[key], open);
}
function show(value, open) {
    if (value === null || value === undefined || typeof value === 'boolean') return showString(value);
    if (typeof value === 'number') return value === 0 && 1 / value < 0 ? '-0' : showString(value);
    if (typeof value === 'string') return showText(value);
    if (typeof value === 'symbol') return value.toString();
    if (typeof value === 'function') return value.name ? '[Function: ' + value.name + ']' : '[Function]';
    if (value instanceof showError) return showString(value);
    open = open || [];
    if (open.indexOf(value) >= 0) return '[Circular]';
    var tag = showTag.call(value).slice(8, -1), parts = [], i, keys;
    if (tag === 'Date') return isNaN(value) ? 'Date(invalid)' : 'Date(' + showIso.call(value) + ')';
    if (tag === 'RegExp') return showString(value);
    if (tag === 'String' || tag === 'Number' || tag === 'Boolean') return '[' + tag + ': ' + show(value.valueOf()) + ']';
    if (tag === 'Symbol') return '[Symbol: ' + value.toString() + ']';
    if (tag === 'ArrayBuffer') return 'ArrayBuffer(' + value.byteLength + ')';
    if (value instanceof showPromise) return 'Promise';
    open = open.concat([value]);
    if (open.length > 8) return '[...]';
    if (tag === 'Array' || ((/Array$/.test(tag) || tag === 'Buffer') && value.buffer)) {
        for (i = 0; i < value.length; i++) parts.push(showOwn.call(value, i) ? showMember(value, showString(i), open) : '<empty>');
        if (tag !== 'Array') return tag + '[' + parts.join(',') + ']';
        keys = showNames(value).filter(function (key) { return !/^(0|[1-9]\d*)$/.test(key); });
        keys.forEach(function (key) { parts.push(showKey(key) + ':' + showMember(value, key, open)); });
        return '[' + parts.join(',') + ']';
    }
    showNames(value).forEach(function (key) { parts.push(showKey(key) + ':' + showMember(value, key, open)); });
    return (tag === 'Object' ? '' : tag + ' ') + '{' + parts.join(',') + '}';
}
function showThrown(error) { return '!! ' + (error instanceof showError ? showString(error) : 'thrown ' + show(error)); }
function showRun(body) {
    var value;
    try { value = body(); } catch (error) { return showThrown(error); }
    if (!(value instanceof showPromise)) return show(value);
    return showThen.call(value, function (result) { return 'fulfilled ' + show(result); }, function (error) { return 'rejected ' + showThrown(error).slice(3); });
}
function showAwait(body) { return showThen.call(body(), show, showThrown); }
