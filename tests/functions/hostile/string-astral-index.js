// Indexing a long text of emoji for ever; ends: over-compute
function handler(event) {
    var s = "😀".repeat(50000), n = 0;
    for (;;) n += s.charCodeAt(n % 50000) & 1
}
