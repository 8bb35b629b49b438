// Origin response: a missing page becomes one of ours, with a link. What is left here is what is cached.
exports.handler = async (event) => {
    const { request, response } = event.Records[0].cf;
    if (response.status !== '404' && response.status !== '403')
        return response;
    response.status = '404';
    response.statusDescription = 'Not Found';
    response.headers['content-type'] = [{ key: 'Content-Type', value: 'text/html; charset=utf-8' }];
    response.headers['cache-control'] = [{ key: 'Cache-Control', value: 'max-age=10' }];
    const path = request.uri.replace(/[^a-z0-9/._-]/gi, '');
    response.body = `<!doctype html><title>Not here</title><p>There is no ${path}. <a href="/">Go home</a>`;
    return response;
};
