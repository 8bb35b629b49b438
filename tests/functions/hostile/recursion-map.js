// Recursion through map; ends: throws RangeError
function handler(event) {
    function f() { return [1].map(f) }
    f()
}
