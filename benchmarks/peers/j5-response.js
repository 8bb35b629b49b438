function handler(event) {
    var variant = event.request.headers['x-new-variant'];
    if (variant) {
        event.response.cookies.ab = { value: variant.value, attributes: 'Path=/; Max-Age=3600' };
    }
    return event.response;
}
