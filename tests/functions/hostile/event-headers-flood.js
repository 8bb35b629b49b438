// Headers without end; ends: over-compute or over-memory or invalid
function handler(event) {
    for (var i = 0; i < 100000; i++) event.request.headers['x-' + i] = { value: 'v' };
    return event.request
}
