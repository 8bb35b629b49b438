// Viewer response: gives the viewer the cookie of the variant that the viewer-request function chose, unless it has it already. It runs on cache hits
// too, so the cached object is shared and the cookie is each viewer's own.
function handler(event) {
    const request = event.request;
    const response = event.response;
    const variant = request.headers['x-variant'];
    const cookie = request.cookies.variant;

    if (variant && !(cookie && cookie.value === variant.value)) {
        response.cookies.variant = { value: variant.value, attributes: 'Path=/; Max-Age=2592000; Secure; SameSite=Lax' };
    }
    return response;
}
