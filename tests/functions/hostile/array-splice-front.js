// Splice at the front of a long array for ever; ends: over-compute
function handler(event) {
    var a = [];
    for (var i = 0; i < 20000; i++) a[i] = i;
    for (;;) a.splice(0, 1, 1, 2).length
}
