// Promise.all over a list that grows; ends: over-compute or over-memory
function handler(event) {
    var all = [];
    for (;;) { all.push(1); Promise.all(all) }
}
