// Reverse of a long array for ever; ends: over-compute
function handler(event) {
    var a = new Array(10000).fill(1);
    for (;;) a.reverse()
}
