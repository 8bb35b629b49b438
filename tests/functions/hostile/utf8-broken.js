// bytes that are not UTF-8 read as text for ever; ends: over-compute or over-memory
function handler(event) {
    var b = Buffer.alloc(4000, 200);
    for (;;) b.toString()
}
