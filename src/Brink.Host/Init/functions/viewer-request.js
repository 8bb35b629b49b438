import cf from 'cloudfront';

const redirects = cf.kvs();

// Viewer request: the store says what has moved; a folder is its index page.
async function handler(event) {
    const request = event.request;
    if (await redirects.exists(request.uri)) {
        const target = await redirects.get(request.uri);
        return { statusCode: 302, statusDescription: 'Found', headers: { location: { value: target } } };
    }
    if (request.uri.endsWith('/')) {
        request.uri += 'index.html';
    }
    return request;
}
