// Recursion through call and apply; ends: throws RangeError
function handler(event) {
    function f() { return f.call.apply(f, [null]) }
    f()
}
