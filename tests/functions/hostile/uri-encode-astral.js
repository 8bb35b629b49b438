// encodeURIComponent of characters above U+FFFF for ever; ends: over-compute or over-memory
function handler(event) {
    var s = "\u{1f600}".repeat(1500);
    for (;;) encodeURIComponent(s)
}
