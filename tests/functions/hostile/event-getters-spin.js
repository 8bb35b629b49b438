// A result whose getter never ends; ends: over-compute
function handler(event) {
    return { get statusCode() { for (;;) {} } }
}
