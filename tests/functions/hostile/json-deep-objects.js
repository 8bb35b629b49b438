// JSON objects nested deep; ends: throws SyntaxError or over-compute or over-memory
function handler(event) {
    return JSON.parse('{"a":'.repeat(50000))
}
