// Calls in an endless loop; ends: over-compute
function handler(event) {
    function f(a, b) { return a }
    for (;;) f(1, 2)
}
