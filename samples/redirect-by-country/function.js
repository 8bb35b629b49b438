// Viewer request: sends the viewers of some countries to a page of their own.
function handler(event) {
    var request = event.request;
    var pages = { DE: '/de/', FR: '/fr/', JP: '/jp/' };
    var country = request.headers['cloudfront-viewer-country'];

    if (country && pages[country.value] && request.uri.indexOf(pages[country.value]) !== 0) {
        return {
            statusCode: 302,
            statusDescription: 'Found',
            headers: { location: { value: pages[country.value] }, 'cache-control': { value: 'no-store' } }
        };
    }
    return request;
}
