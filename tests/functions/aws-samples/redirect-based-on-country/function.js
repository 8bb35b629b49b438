var HOME = 'DE';

// Viewers in Germany get the German site.
function handler(event) {
    var given = event.request.headers;
    var country = given['cloudfront-viewer-country'];
    if (!country || country.value !== HOME)
        return event.request;
    return {
        statusCode: 302,
        statusDescription: 'Found',
        headers: { location: { value: 'https://' + given.host.value + '/' + HOME.toLowerCase() + '/index.html' } },
    };
}
