// indexOf with a needle that nearly matches everywhere; ends: over-compute
function handler(event) {
    var s = "a".repeat(200000), n = "a".repeat(1000) + "b";
    for (;;) s.indexOf(n)
}
