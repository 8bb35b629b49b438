// replaceAll of the empty string; ends: over-memory
function handler(event) {
    var s = "abc";
    for (;;) s = s.replaceAll("", "xyz")
}
