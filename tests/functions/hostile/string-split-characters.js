// split of a long text into characters, kept; ends: over-memory
function handler(event) {
    var s = "x".repeat(100000), all = [];
    for (;;) all.push(s.split(""))
}
