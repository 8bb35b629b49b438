// A thousand groups, matched for ever; ends: over-compute or over-memory or throws SyntaxError
function handler(event) {
    var r = new RegExp("(a)?".repeat(1000));
    for (;;) r.exec("a".repeat(1000))
}
