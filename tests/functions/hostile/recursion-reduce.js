// Recursion through reduce; ends: throws RangeError
function handler(event) {
    function f() { return [1, 2].reduce(f) }
    f()
}
