// A promise chain without end; ends: over-compute or over-memory
function handler(event) {
    function f() { return Promise.resolve().then(f) }
    return f()
}
