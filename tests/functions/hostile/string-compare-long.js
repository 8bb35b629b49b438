// Comparisons of long equal texts; ends: over-compute
function handler(event) {
    var a = "x".repeat(100000), b = "x".repeat(99999) + "x";
    for (;;) a === b, a < b
}
