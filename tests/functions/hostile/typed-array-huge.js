// A typed array of a billion; ends: over-memory or throws RangeError
function handler(event) {
    return new Float64Array(1e9)
}
