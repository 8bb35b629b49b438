// Recursion through Symbol.toPrimitive; ends: throws RangeError
function handler(event) {
    var o = { [Symbol.toPrimitive]() { return `${this}` } };
    return `${o}`
}
