// stringify of control characters for ever; ends: over-compute or over-memory
function handler(event) {
    var s = "\u0001\"".repeat(20000);
    for (;;) JSON.stringify(s)
}
