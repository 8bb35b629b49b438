// lastIndexOf with a needle that nearly matches; ends: over-compute
function handler(event) {
    var s = "a".repeat(100000), n = "b" + "a".repeat(1000);
    for (;;) s.lastIndexOf(n)
}
