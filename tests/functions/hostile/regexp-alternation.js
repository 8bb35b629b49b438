// Overlapping alternatives under a star; ends: over-compute or throws InternalError
function handler(event) {
    return /^(a|a|aa)*$/.test("a".repeat(60) + "b")
}
