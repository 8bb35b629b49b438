// A header value of a megabyte; ends: invalid or over-compute or over-memory
function handler(event) {
    event.request.headers['x-big'] = { value: 'x'.repeat(1000000) };
    return event.request
}
