// A replace callback at each place for ever; ends: over-compute or over-memory
function handler(event) {
    var s = "a".repeat(50000);
    for (;;) s.replace(/a/g, () => "b")
}
