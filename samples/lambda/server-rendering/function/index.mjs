// Origin request: /products/ID becomes a whole page, from what the origin's own API says and a template in the package. It is cached as any page; the
// origin is asked for data only. Where the data cannot be had, the viewer's browser makes the page, as it did before.
import { readFileSync } from 'node:fs';

const template = readFileSync(new URL('page.html', import.meta.url), 'utf8');
const limit = 1024 * 1024 - 4096;   // what may be answered at an origin event, without headers
const patience = 5000;

// The first fetch loads the client: better now, while the environment starts.
await fetch('data:,');

export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    const id = /^\/products\/(\d{1,9})$/.exec(request.uri)?.[1];
    if (!id || request.method !== 'GET')
        return request;
    try {
        const { protocol, domainName, port, path } = request.origin.custom;
        const reply = await fetch(`${protocol}://${domainName}:${port}${path}/api/products/${id}.json`, { signal: AbortSignal.timeout(patience) });
        if (reply.status === 404)
            return answer('404', '<!doctype html><title>No such product</title><h1>No such product</h1>', 10);
        if (!reply.ok)
            throw new Error(`the API answered ${reply.status}`);
        const page = render(await reply.json());
        if (Buffer.byteLength(page) > limit)
            throw new Error('the page is too long');
        return answer('200', page, 60);
    } catch (error) {
        console.warn(`product ${id} is left to the browser: ${error.message}`);
        request.uri = '/index.html';
        return request;
    }
};

/** Whatever the data says is text: none of it becomes markup. */
function render(product) {
    const escape = (value) => String(value ?? '').replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
    return template.replaceAll(/\{\{(\w+)\}\}/g, (_, name) => escape(product[name]));
}

const answer = (status, body, seconds) => ({
    status, body,
    headers: { 'content-type': [{ value: 'text/html; charset=utf-8' }], 'cache-control': [{ value: `max-age=${seconds}` }] },
});
