// Sticky tests along a long text for ever; ends: over-compute
function handler(event) {
    var s = "ab".repeat(50000), r = /ab/y;
    for (;;) if (!r.test(s)) r.lastIndex = 0
}
