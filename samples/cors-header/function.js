// Viewer response: allows any site to read the response, if the request came from another site and the origin did not decide already.
function handler(event) {
    var request = event.request;
    var response = event.response;

    if (request.headers.origin && !response.headers['access-control-allow-origin']) {
        response.headers['access-control-allow-origin'] = { value: request.headers.origin.value };
        response.headers['access-control-allow-methods'] = { value: 'GET, HEAD' };
    }
    return response;
}
