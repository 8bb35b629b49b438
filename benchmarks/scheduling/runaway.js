// Normal work on every path but one: there it never ends, and costs its whole compute budget before it is stopped.
function handler(event) {
    var request = event.request;
    if (request.uri === '/runaway') {
        for (;;) {}
    }
    var headers = request.headers;
    var language = headers['accept-language'] ? headers['accept-language'].value : 'en';
    headers['accept-language'] = { value: language.toLowerCase().split(',')[0].trim() };
    var agent = headers['user-agent'] ? headers['user-agent'].value : '';
    headers['x-device'] = { value: /mobile|android|iphone/i.test(agent) ? 'mobile' : 'desktop' };
    return request;
}
