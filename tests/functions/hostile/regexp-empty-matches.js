// A global match of nothing at each place; ends: over-compute or over-memory
function handler(event) {
    var s = "a".repeat(200000);
    for (;;) s.match(/(?:)/g), s.replace(/(?:)/g, "")
}
