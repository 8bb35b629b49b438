// new Array(1e9).fill(0); ends: over-compute or over-memory
function handler(event) {
    return new Array(1e9).fill(0)
}
