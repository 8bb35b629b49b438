// apply with a list of millions; ends: over-compute or over-memory or throws RangeError
function handler(event) {
    return Math.max.apply(null, { length: 100000000 })
}
