// Unshift for ever; ends: over-compute or over-memory
function handler(event) {
    var a = [];
    for (;;) a.unshift(1)
}
