// Built-ins filled with properties; ends: over-memory
function handler(event) {
    for (var i = 0; ; i++) Object.prototype["k" + i] = i
}
