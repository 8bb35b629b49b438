// Symbols registered without end; ends: over-compute or over-memory
function handler(event) {
    for (var i = 0; ; i++) Symbol.for("s" + i)
}
