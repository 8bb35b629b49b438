// decodeURIComponent of a long text for ever; ends: over-compute or over-memory
function handler(event) {
    var s = "%e2%82%ac".repeat(5000);
    for (;;) decodeURIComponent(s)
}
