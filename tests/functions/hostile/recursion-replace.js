// Recursion through replace; ends: throws RangeError
function handler(event) {
    function f() { return "a".replace(/a/, f) }
    f()
}
