// Array.from of a length of a billion; ends: over-compute or over-memory
function handler(event) {
    return Array.from({ length: 1e9 })
}
