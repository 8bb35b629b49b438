// JSON nested a hundred thousand deep; ends: throws SyntaxError or over-compute or over-memory
function handler(event) {
    return JSON.parse("[".repeat(100000))
}
