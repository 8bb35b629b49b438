// copyWithin over a long array for ever; ends: over-compute
function handler(event) {
    var a = new Array(20000).fill(1);
    for (;;) a.copyWithin(1, 0)
}
