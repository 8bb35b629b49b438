// compare of equal large buffers for ever; ends: over-compute
function handler(event) {
    var a = Buffer.alloc(500000), b = Buffer.alloc(500000);
    for (;;) a.equals(b), a.compare(b)
}
