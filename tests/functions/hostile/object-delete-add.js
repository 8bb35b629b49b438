// Adding and deleting for ever; ends: over-compute or over-memory
function handler(event) {
    var o = {};
    for (var i = 0; ; i++) { o["k" + i % 1000] = i; delete o["k" + (i + 500) % 1000] }
}
