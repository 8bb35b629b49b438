// Writes a built-in, which ends every short cut; ends: over-compute
async function handler(event) {
    for (;;) { Array.prototype.x = 1; [].x; delete Array.prototype.x; }
    return event.request;
}
