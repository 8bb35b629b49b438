function handler(event) {
    var request = event.request;
    var cookie = request.cookies.ab;
    var variant = cookie && (cookie.value === 'a' || cookie.value === 'b') ? cookie.value : undefined;
    if (!variant) {
        variant = Math.random() < 0.5 ? 'a' : 'b';
        request.headers['x-new-variant'] = { value: variant };
    }
    request.uri = '/' + variant + request.uri;
    return request;
}
