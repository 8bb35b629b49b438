// Pending promises without end; ends: over-memory
function handler(event) {
    for (;;) new Promise(() => {}).then(() => {})
}
