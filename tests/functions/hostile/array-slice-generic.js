// slice on an object that claims a length; ends: over-compute or over-memory
function handler(event) {
    return Array.prototype.slice.call({ length: 4294967295 })
}
