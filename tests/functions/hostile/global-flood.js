// Globals without end; ends: over-memory
function handler(event) {
    for (var i = 0; ; i++) globalThis["g" + i] = i
}
