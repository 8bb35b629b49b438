// Freezing wide objects for ever; ends: over-compute or over-memory
function handler(event) {
    for (;;) { var o = {}; for (var i = 0; i < 500; i++) o["k" + i] = i; Object.freeze(o) }
}
