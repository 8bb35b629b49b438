// indexOf of a needle that nearly matches; ends: over-compute
function handler(event) {
    var b = Buffer.alloc(500000, "a"), n = Buffer.from("a".repeat(1000) + "b");
    for (;;) b.indexOf(n)
}
