function handler(event) {
    var response = event.response;
    response.headers['x-stamp'] = { value: 'site' };
    return response;
}
