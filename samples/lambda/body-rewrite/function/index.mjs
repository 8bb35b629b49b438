// Origin response: pages get their links to the old site rewritten. A function never sees the body, so it asks the origin for it once more.
const replacements = [['https://old.example/', '/'], ['http://old.example/', '/']];
const limit = 1024 * 1024;   // what a response may have at an origin event: headers and body
const patience = 5000;

// The first fetch loads the client: better now, while the environment starts.
await fetch('data:,');

export const handler = async (event) => {
    const { request, response } = event.Records[0].cf;
    const isPage = response.headers['content-type']?.[0].value.startsWith('text/html');
    if (request.method !== 'GET' || response.status !== '200' || !isPage)
        return response;
    const page = await fetchPage(request);
    if (page === null)
        return response;
    const changed = replacements.reduce((text, [from, to]) => text.replaceAll(from, to), page);
    // Too long to be replaced: better the old links than no page.
    if (changed === page || Buffer.byteLength(changed) > limit - 32 * 1024)
        return response;
    response.body = changed;
    response.headers['content-type'] = [{ key: 'Content-Type', value: 'text/html; charset=utf-8' }];
    // Of the origin's body, not of this one.
    delete response.headers['etag'];
    delete response.headers['accept-ranges'];
    return response;
};

/** The same page as the origin has just given, or null. */
async function fetchPage({ origin, uri, querystring, headers }) {
    if (!origin.custom)
        return null;
    const { protocol, domainName, port, path, customHeaders } = origin.custom;
    const sent = {};
    for (const [name, entries] of Object.entries({ ...headers, ...customHeaders }))
        if (!/^(host|content-length|transfer-encoding|connection|accept-encoding|if-.*|range|via)$/.test(name))
            sent[name] = entries.map((entry) => entry.value).join(name === 'cookie' ? '; ' : ', ');
    try {
        const url = `${protocol}://${domainName}:${port}${path}${uri}${querystring && '?'}${querystring}`;
        const reply = await fetch(url, { headers: sent, redirect: 'manual', signal: AbortSignal.timeout(patience) });
        return reply.status === 200 ? await reply.text() : null;
    } catch (error) {
        console.warn(`the page stays as it is: ${error.message}`);
        return null;
    }
}
