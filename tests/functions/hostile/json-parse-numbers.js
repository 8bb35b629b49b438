// parse of long numbers for ever; ends: over-compute or over-memory
function handler(event) {
    var s = "[" + ("1" + "0".repeat(300) + "e-300,").repeat(50) + "1]";
    for (;;) JSON.parse(s)
}
