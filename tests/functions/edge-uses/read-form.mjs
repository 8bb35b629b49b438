// Row 17, viewer request with IncludeBody: the fields of a form are looked at, and the form goes on as it is.
export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    if (request.method === 'POST') {
        const form = new URLSearchParams(Buffer.from(request.body.data, 'base64').toString());
        request.headers['x-fields'] = [{ key: 'X-Fields', value: [...form.keys()].join(',') }];
    }
    return request;
};
