// A global match with a match at each place; ends: over-compute or over-memory
function handler(event) {
    var s = "a".repeat(200000);
    for (;;) s.match(/a/g)
}
