// Lists two thousand names again and again; ends: over-compute
async function handler(event) {
    var o = {}; for (var i = 0; i < 2000; i++) o['p' + i] = i; for (;;) Object.keys(o);
    return event.request;
}
