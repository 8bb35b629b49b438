// One character appended for ever; ends: over-compute or over-memory
function handler(event) {
    var s = "";
    for (;;) s += "x"
}
