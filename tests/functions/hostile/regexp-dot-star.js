// Dot-star twice over a long text; ends: over-compute or throws InternalError
function handler(event) {
    var s = "x".repeat(50000);
    for (;;) /.*.*=.*/.test(s)
}
