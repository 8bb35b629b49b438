// Arrays of strings of two megabytes; ends: over-memory
function handler(event) {
    var a = [];
    for (;;) a.push("x".repeat(1048576))
}
