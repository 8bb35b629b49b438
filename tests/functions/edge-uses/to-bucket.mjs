// Row 10, origin request: with ?archive the object comes from a bucket in place of the configured server.
export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    if (new URLSearchParams(request.querystring).has('archive')) {
        request.origin = { s3: { domainName: 'archive.s3.amazonaws.com', region: '', authMethod: 'none', path: '/2020', customHeaders: {} } };
        request.headers.host = [{ key: 'host', value: 'archive.s3.amazonaws.com' }];
    }
    return request;
};
