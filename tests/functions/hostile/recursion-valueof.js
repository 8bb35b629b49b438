// Recursion through valueOf; ends: throws RangeError
function handler(event) {
    var o = { valueOf() { return +this } };
    return +o
}
