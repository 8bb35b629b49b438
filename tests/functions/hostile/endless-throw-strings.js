// Errors made and caught for ever; ends: over-memory
function handler(event) {
    for (;;) try { null.x } catch (e) {}
}
