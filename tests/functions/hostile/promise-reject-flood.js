// Rejected promises without end; ends: over-memory
function handler(event) {
    for (;;) Promise.reject(1)
}
