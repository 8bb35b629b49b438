// Finally blocks that jump back; ends: over-compute
function handler(event) {
    for (;;) { try { break } finally { continue } }
}
