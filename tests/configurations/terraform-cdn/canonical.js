function handler(event) {
    var request = event.request;
    if (request.uri === '/home')
        return { statusCode: 301, statusDescription: 'Moved Permanently', headers: { location: { value: '/' } } };
    return request;
}
