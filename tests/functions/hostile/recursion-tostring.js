// Recursion through toString; ends: throws RangeError
function handler(event) {
    var o = { toString() { return "" + this } };
    return "" + o
}
