// Row 5, origin request: the parameter auth becomes a header and leaves the query. Without it the header has no value, which is a mistake of this function.
export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    const query = new URLSearchParams(request.querystring);
    request.headers['x-auth'] = [{ key: 'X-Auth', value: query.get('auth') ?? undefined }];
    query.delete('auth');
    request.querystring = query.toString();
    return request;
};
