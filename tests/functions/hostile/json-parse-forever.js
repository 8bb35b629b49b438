// parse of a wide text for ever; ends: over-compute or over-memory
function handler(event) {
    var s = "[" + "1,".repeat(20000) + "1]";
    for (;;) JSON.parse(s)
}
