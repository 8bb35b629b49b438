// Async recursion behind an await; ends: over-compute or over-memory
async function handler(event) {
    async function f() { await 1; await f() }
    await f()
}
