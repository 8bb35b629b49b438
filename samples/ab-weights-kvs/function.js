import cf from 'cloudfront';

const store = cf.kvs();

// Viewer request: the share of each variant is in the key value store, so it changes without publishing the function.
async function handler(event) {
    const request = event.request;
    const cookie = request.cookies.variant;

    if (cookie && await store.exists('path:' + cookie.value)) {
        request.uri = await store.get('path:' + cookie.value) + request.uri;
        return request;
    }

    const weights = await store.get('weights', { format: 'json' });
    const names = Object.keys(weights);
    let total = 0;
    names.forEach((name) => { total += weights[name]; });

    let draw = Math.random() * total;
    let chosen = names[names.length - 1];
    for (let i = 0; i < names.length; i++) {
        draw -= weights[names[i]];
        if (draw < 0) {
            chosen = names[i];
            break;
        }
    }
    return {
        statusCode: 302,
        statusDescription: 'Found',
        // With one slash: "//evil.example" would be an address on another host.
        headers: { location: { value: request.uri.replace(/^[\/\\]+/, '/') }, 'cache-control': { value: 'no-store' } },
        cookies: { variant: { value: chosen, attributes: 'Path=/; Max-Age=86400' } },
    };
}
