// trim of a text of spaces for ever; ends: over-compute
function handler(event) {
    var s = " ".repeat(200000) + "x";
    for (;;) s.trim()
}
