// A getter for every result on Object.prototype; ends: over-compute or invalid or returns
function handler(event) {
    Object.defineProperty(Object.prototype, 'headers', { get() { for (;;) {} } });
    return { statusCode: 200 }
}
