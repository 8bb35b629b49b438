// concat of many arguments that double; ends: over-memory
function handler(event) {
    var s = "ab";
    for (;;) s = s.concat(s, s, s)
}
