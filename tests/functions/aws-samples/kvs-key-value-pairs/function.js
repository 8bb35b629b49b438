import cf from 'cloudfront';

const prefixes = cf.kvs();

// The first part of the path is looked up in the store and replaced.
async function handler(event) {
    const request = event.request;
    const parts = request.uri.split('/');
    try {
        parts[1] = await prefixes.get(parts[1]);
        const moved = parts.join('/');
        console.log(`${request.uri} -> ${moved}`);
        request.uri = moved;
    } catch (error) {
        console.log(`${request.uri} | ${error.name}`);
    }
    return request;
}
