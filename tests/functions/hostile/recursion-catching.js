// Recursion that catches its end and goes on; ends: over-compute or over-memory
function handler(event) {
    function f() { try { f() } catch (e) { f() } }
    f()
}
