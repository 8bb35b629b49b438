// split and join that double; ends: over-memory
function handler(event) {
    var s = "ab";
    for (;;) s = s.split("").join("xx")
}
