// Concat that doubles; ends: over-memory
function handler(event) {
    var a = [1, 2, 3];
    for (;;) a = a.concat(a)
}
