// Viewer request: viewers with the cookie get its variant; the others are split by their address, the same way every time.
function handler(event) {
    var request = event.request;
    var cookie = request.cookies['x-experiment'];
    var variant;

    if (cookie && (cookie.value === 'a' || cookie.value === 'b')) {
        variant = cookie.value;
    } else {
        variant = hash(event.viewer.ip) % 2 === 0 ? 'a' : 'b';
    }
    request.uri = '/' + variant + request.uri;
    request.headers['x-variant'] = { value: variant };
    return request;
}

function hash(text) {
    var h = 0;
    for (var i = 0; i < text.length; i++) {
        h = (h * 31 + text.charCodeAt(i)) >>> 0;
    }
    return h;
}
