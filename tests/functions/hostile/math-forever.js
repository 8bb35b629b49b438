// Math for ever; ends: over-compute
function handler(event) {
    for (var i = 0; ; i++) Math.pow(i, 0.3), Math.hypot(i, i, i, i), Math.tan(i), Math.random()
}
