// Pads and replaces all, within memory; ends: over-compute
async function handler(event) {
    for (;;) ''.padEnd(20000, 'a').replace(/a/g, 'bb');
    return event.request;
}
