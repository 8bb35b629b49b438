// console.log of wide objects for ever; ends: over-compute or over-memory
function handler(event) {
    var o = {};
    for (var i = 0; i < 1000; i++) o['k' + i] = [i];
    for (;;) console.log(o)
}
