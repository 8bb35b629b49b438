// Typed arrays without end; ends: over-memory
function handler(event) {
    var all = [];
    for (;;) all.push(new Float64Array(1000))
}
