// Async recursion; ends: over-compute or over-memory or throws RangeError
async function handler(event) {
    async function f() { await f() }
    await f()
}
