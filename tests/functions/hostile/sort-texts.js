// Sort of long nearly equal texts for ever; ends: over-compute or over-memory
function handler(event) {
    var a = [], s = "x".repeat(2000);
    for (var i = 0; i < 100; i++) a[i] = s + i % 7 + i;
    for (;;) a.sort().reverse()
}
