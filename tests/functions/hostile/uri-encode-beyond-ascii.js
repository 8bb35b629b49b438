// encodeURIComponent of text beyond ASCII for ever; ends: over-compute or over-memory
function handler(event) {
    var s = "\u6f22\u00e9".repeat(1500);
    for (;;) encodeURIComponent(s)
}
