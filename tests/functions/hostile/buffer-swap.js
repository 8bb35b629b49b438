// swap of a large buffer for ever; ends: over-compute
function handler(event) {
    var b = Buffer.alloc(800000);
    for (;;) b.swap16().swap32().swap64()
}
