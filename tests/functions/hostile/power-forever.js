// Powers and remainders of huge numbers; ends: over-compute
function handler(event) {
    for (var i = 0; ; i++) 1e308 % 3e-300, 1.0000001 ** 1e15
}
