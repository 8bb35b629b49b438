// Endless await; ends: over-compute or over-memory
async function handler(event) {
    for (;;) await 1
}
