// padEnd of a hundred million and a replace; ends: over-memory
function handler(event) {
    return "x".padEnd(1e8, "ab").replace(/a/g, "bb")
}
