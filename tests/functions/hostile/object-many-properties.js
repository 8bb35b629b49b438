// Properties without end; ends: over-memory
function handler(event) {
    var o = {};
    for (var i = 0; ; i++) o["k" + i] = i
}
