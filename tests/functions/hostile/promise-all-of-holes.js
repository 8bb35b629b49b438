// Promise.all over an array of ten million holes; ends: over-memory
async function handler(event) {
    await Promise.all(new Array(1e7))
}
