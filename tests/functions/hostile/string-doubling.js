// String doubling; ends: over-memory
function handler(event) {
    var s = "ab";
    for (;;) s += s
}
