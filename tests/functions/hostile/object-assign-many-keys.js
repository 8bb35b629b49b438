// Object.assign of thousands of keys onto an object that has them; ends: over-compute
function handler(event) {
    var o = {}, p = {};
    for (var i = 0; i < 2000; i++) o["k" + i] = i;
    for (;;) Object.assign(p, o)
}
