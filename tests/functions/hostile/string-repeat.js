// repeat of a billion; ends: over-memory
function handler(event) {
    return "x".repeat(1e9)
}
