// Recursion through sort; ends: throws RangeError
function handler(event) {
    function f() { [2, 1].sort(f) }
    f()
}
