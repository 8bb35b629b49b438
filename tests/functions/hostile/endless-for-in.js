// For-in over an object that grows inside; ends: over-compute or over-memory
function handler(event) {
    var o = { a: 1 }, n = 0;
    for (;;) for (var k in o) o["k" + n++] = 1
}
