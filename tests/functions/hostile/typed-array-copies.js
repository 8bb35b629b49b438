// Copies between typed arrays of two kinds; ends: over-compute
async function handler(event) {
    var a = new Float64Array(100000), b = new Uint8Array(100000); for (;;) a.set(b);
    return event.request;
}
