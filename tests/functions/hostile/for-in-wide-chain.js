// For-in over a chain of wide objects; ends: over-compute or over-memory
function handler(event) {
    var o = {};
    for (var d = 0; d < 20; d++) { o = Object.create(o); for (var i = 0; i < 100; i++) o["k" + d + "_" + i] = 1 }
    for (;;) for (var k in o);
}
