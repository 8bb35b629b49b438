// Searches that fail at the last character; ends: over-compute
async function handler(event) {
    var s = 'a'.repeat(100000), p = 'a'.repeat(1000) + 'b'; for (;;) s.lastIndexOf(p);
    return event.request;
}
