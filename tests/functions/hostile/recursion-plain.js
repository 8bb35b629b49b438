// Unbounded recursion; ends: throws RangeError
function handler(event) {
    function f() { return f() }
    return f()
}
