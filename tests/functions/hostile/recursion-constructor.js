// Recursion through new; ends: throws RangeError
function handler(event) {
    function F() { new F() }
    new F()
}
