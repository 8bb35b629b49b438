// Recursion through a bound function; ends: throws RangeError
function handler(event) {
    var f, g = function () { return f() };
    f = g.bind(null);
    f()
}
