// toString of a large buffer for ever; ends: over-memory
function handler(event) {
    var b = Buffer.alloc(500000, "x"), all = [];
    for (;;) all.push(b.toString("hex"))
}
