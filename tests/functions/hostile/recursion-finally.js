// Recursion that goes on in finally; ends: over-compute or over-memory
function handler(event) {
    function f() { try { f() } finally { f() } }
    f()
}
