// Recursion through toJSON; ends: throws RangeError
function handler(event) {
    var o = { toJSON() { return JSON.stringify(this) } };
    return JSON.stringify(o)
}
