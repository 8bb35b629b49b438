// Case folding over long text; ends: over-compute or throws InternalError
function handler(event) {
    var s = "ſKé".repeat(30000);
    for (;;) /[s-zÀ-ÿ]+q/i.test(s)
}
