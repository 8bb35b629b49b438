// Origin request, Lambda@Edge: runs when the cache has no answer. What it answers itself is cached as Cache-Control says.
export const handler = async (event) => {
    const { request } = event.Records[0].cf;
    if (request.uri !== '/status') {
        return request;
    }
    console.log('status asked of', process.version);
    return {
        status: '200',
        headers: {
            'content-type': [{ key: 'Content-Type', value: 'application/json' }],
            'cache-control': [{ key: 'Cache-Control', value: 'max-age=60' }],
        },
        body: JSON.stringify({ ok: true }),
    };
};
