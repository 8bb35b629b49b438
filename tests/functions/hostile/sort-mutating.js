// A comparison that cuts and grows the array it sorts; ends: over-compute or over-memory
function handler(event) {
    var a = [];
    for (var i = 0; i < 200; i++) a[i] = 200 - i;
    for (;;) { a.sort((p, q) => { a.length = 3; a.push(p, q); return p - q }); for (i = 0; i < 50; i++) a[i] = i }
}
