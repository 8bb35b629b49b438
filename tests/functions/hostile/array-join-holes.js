// new Array(1e8).join of a text; ends: over-compute or over-memory
function handler(event) {
    return new Array(1e8).join("ab")
}
