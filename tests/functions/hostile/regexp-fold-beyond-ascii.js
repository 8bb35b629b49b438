// a group that stands again in the other case, beyond ASCII; ends: over-compute or over-memory
function handler(event) {
    var s = "é".repeat(500) + "É".repeat(500);
    for (;;) /^(.{500})\1/i.test(s)
}
