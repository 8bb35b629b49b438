// A write to every built-in method; ends: over-compute or over-memory
function handler(event) {
    for (var i = 0; ; i++) Object.getOwnPropertyNames(String.prototype).forEach(n => { try { String.prototype[n]["x" + i] = i } catch (e) {} })
}
