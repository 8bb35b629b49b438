// Viewer request: tells the origin the viewer's address in a header that no viewer can forge.
function handler(event) {
    var request = event.request;
    request.headers['true-client-ip'] = { value: event.viewer.ip };
    return request;
}
