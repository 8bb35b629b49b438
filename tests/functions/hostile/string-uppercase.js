// Upper case of a long text for ever; ends: over-compute or over-memory
function handler(event) {
    var s = "straße".repeat(10000);
    for (;;) s.toUpperCase()
}
