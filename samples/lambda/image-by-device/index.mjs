// Viewer request: phones get the small image. The path is part of the cache key, so the two are cached apart.
const phone = /Mobile|iPhone|Windows Phone/;

export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    const agent = request.headers['user-agent']?.[0]?.value ?? '';
    if (request.uri.startsWith('/images/'))
        request.uri = request.uri.replace('/images/', phone.test(agent) ? '/images/small/' : '/images/large/');
    return request;
};
