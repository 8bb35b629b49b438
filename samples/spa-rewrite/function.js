// Viewer request: a path without a file name asks for the index page of its folder.
function handler(event) {
    var request = event.request;
    var uri = request.uri;

    if (uri.endsWith('/')) {
        request.uri += 'index.html';
    } else if (!uri.includes('.', uri.lastIndexOf('/'))) {
        request.uri += '/index.html';
    }
    return request;
}
