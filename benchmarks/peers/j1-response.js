function handler(event) {
    var headers = event.response.headers;
    headers['strict-transport-security'] = { value: 'max-age=63072000; includeSubDomains; preload' };
    headers['x-content-type-options'] = { value: 'nosniff' };
    headers['x-frame-options'] = { value: 'DENY' };
    headers['content-security-policy'] = { value: "default-src 'self'; img-src *; script-src 'self'" };
    headers['referrer-policy'] = { value: 'same-origin' };
    return event.response;
}
