// A search that is quadratic in the text; ends: over-compute or throws InternalError
function handler(event) {
    var s = "a".repeat(100000);
    for (;;) /a*b/.test(s)
}
