// A chain of ten thousand thens; ends: over-compute or over-memory or returns
function handler(event) {
    var p = Promise.resolve(0);
    for (var i = 0; i < 100000; i++) p = p.then(x => x + 1);
    return p
}
