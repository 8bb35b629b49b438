// TextDecoder over a large buffer for ever; ends: over-compute or over-memory
function handler(event) {
    var b = Buffer.alloc(400000, "é");
    for (;;) new TextDecoder().decode(b)
}
