// Sorting a typed array with a callback for ever; ends: over-compute
function handler(event) {
    var a = new Float64Array(5000), x = 1;
    for (;;) { for (var i = 0; i < 5000; i++) { x = (x * 16807) % 2147483647; a[i] = x } a.sort((p, q) => p - q) }
}
