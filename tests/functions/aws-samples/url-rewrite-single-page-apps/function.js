// A path without a file's name stands for the index.html within it.
function handler(event) {
    var request = event.request;
    if (request.uri.endsWith('/'))
        request.uri = request.uri + 'index.html';
    else if (request.uri.indexOf('.') < 0)
        request.uri = request.uri + '/index.html';
    return request;
}
