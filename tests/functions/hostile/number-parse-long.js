// Number of a text of a million digits for ever; ends: over-compute
function handler(event) {
    var s = "1".repeat(300000);
    for (;;) Number(s), parseFloat(s), parseInt(s, 36)
}
