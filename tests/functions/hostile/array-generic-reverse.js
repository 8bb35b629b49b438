// reverse on an object that claims a length; ends: over-compute or over-memory
function handler(event) {
    Array.prototype.reverse.call({ length: 9007199254740991, 0: 1 })
}
