// A replace that grows its own input; ends: over-memory
function handler(event) {
    var s = "aaaa";
    for (;;) s = s.replace(/a/g, "aa")
}
