function handler(event) {
    var headers = event.request.headers;
    var language = headers['accept-language'] ? headers['accept-language'].value : 'en';
    headers['accept-language'] = { value: language.toLowerCase().split(',')[0].trim() };
    var agent = headers['user-agent'] ? headers['user-agent'].value : '';
    headers['x-device'] = { value: /mobile|android|iphone/i.test(agent) ? 'mobile' : 'desktop' };
    return event.request;
}
