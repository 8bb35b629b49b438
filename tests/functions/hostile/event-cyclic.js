// An event in itself; ends: returns or invalid
function handler(event) {
    event.request.headers.host = event;
    event.request.event = event;
    return event.request
}
