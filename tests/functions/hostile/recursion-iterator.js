// Array.from over an object that asks itself; ends: throws RangeError
function handler(event) {
    var o = { get length() { return Array.from(o).length } };
    Array.from(o)
}
