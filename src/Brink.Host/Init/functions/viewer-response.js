// Viewer response: runs on every answer, cached ones too.
function handler(event) {
    const response = event.response;
    response.headers['x-content-type-options'] = { value: 'nosniff' };
    return response;
}
