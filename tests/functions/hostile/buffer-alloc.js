// Buffer.alloc of a hundred million; ends: over-memory or throws RangeError
function handler(event) {
    return Buffer.alloc(1e8)
}
