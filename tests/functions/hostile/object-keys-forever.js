// Object.keys of a wide object, kept; ends: over-memory
function handler(event) {
    var o = {}, all = [];
    for (var i = 0; i < 1000; i++) o["k" + i] = i;
    for (;;) all.push(Object.keys(o), Object.entries(o))
}
