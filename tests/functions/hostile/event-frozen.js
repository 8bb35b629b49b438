// A frozen event; ends: returns
function handler(event) {
    Object.freeze(event);
    Object.freeze(event.request);
    Object.freeze(event.request.headers);
    return event.request
}
