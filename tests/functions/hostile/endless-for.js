// An endless loop; ends: over-compute
function handler(event) {
    for (;;) {}
}
