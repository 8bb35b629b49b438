// a long name above U+FFFF looked up for ever; ends: over-compute or over-memory
function handler(event) {
    var s = "\u{1f600}".repeat(1500), o = {};
    for (;;) o[s]
}
