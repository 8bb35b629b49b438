// Thenables that resolve to thenables; ends: over-compute or over-memory
function handler(event) {
    function t() { return { then: ok => ok(t()) } }
    return Promise.resolve(t())
}
