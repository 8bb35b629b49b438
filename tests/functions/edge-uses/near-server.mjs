// Row 14, origin request: the server that is near to the viewer. The origin is edited where it stands.
const servers = { DE: 'localhost' };

export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    const server = servers[request.headers['cloudfront-viewer-country']?.[0].value];
    if (server) {
        request.origin.custom.domainName = server;
        request.headers.host = [{ key: 'host', value: server }];
    }
    return request;
};
