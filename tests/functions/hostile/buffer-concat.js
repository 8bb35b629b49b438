// Buffer.concat that doubles; ends: over-memory
function handler(event) {
    var b = Buffer.from("ab");
    for (;;) b = Buffer.concat([b, b])
}
