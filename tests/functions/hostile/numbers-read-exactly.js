// A number that needs exact arithmetic, read again and again; ends: over-compute
async function handler(event) {
    var s = '2.2250738585072011e-308'; for (;;) +s;
    return event.request;
}
