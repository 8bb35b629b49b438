function handler(event) {
    var request = event.request;
    var uri = request.uri;
    if (uri.startsWith('/old/')) {
        return { statusCode: 301, statusDescription: 'Moved Permanently', headers: { location: { value: '/new/' + uri.slice(5) } } };
    }
    if (!uri.slice(uri.lastIndexOf('/')).includes('.')) {
        request.uri = '/index.html';
    }
    return request;
}
