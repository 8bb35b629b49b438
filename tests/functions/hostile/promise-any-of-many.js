// Promise.any over thousands that are rejected; ends: over-compute or over-memory
async function handler(event) {
    var all = [];
    for (var i = 0; i < 1000; i++) all.push(Promise.reject(i));
    for (;;) try { await Promise.any(all) } catch (e) {}
}
