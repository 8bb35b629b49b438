// split by a regular expression with groups for ever; ends: over-compute or over-memory
function handler(event) {
    var s = "a,b;".repeat(20000);
    for (;;) s.split(/([,;])/)
}
