// Promise.allSettled over thousands of values; ends: over-compute or over-memory
async function handler(event) {
    var all = [];
    for (var i = 0; i < 1000; i++) all.push(i);
    for (;;) await Promise.allSettled(all)
}
