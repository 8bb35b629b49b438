// decodeURIComponent of characters above U+FFFF for ever; ends: over-compute or over-memory
function handler(event) {
    var s = "%F0%9F%98%80\u00e9".repeat(1000);
    for (;;) decodeURIComponent(s)
}
