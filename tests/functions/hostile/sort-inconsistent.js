// Sort by an inconsistent comparison for ever; ends: over-compute or over-memory
function handler(event) {
    var a = [], x = 1;
    for (var i = 0; i < 1000; i++) a[i] = i;
    for (;;) a.sort(() => { x = (x * 16807) % 2147483647; return x % 3 - 1 })
}
