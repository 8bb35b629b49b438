// fill of a large typed array for ever; ends: over-compute
function handler(event) {
    var a = new Uint8Array(1000000);
    for (;;) a.fill(7)
}
