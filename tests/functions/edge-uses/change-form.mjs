// Row 18, viewer request with IncludeBody: the form goes on with a field more.
export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    if (request.method === 'POST') {
        const form = new URLSearchParams(Buffer.from(request.body.data, 'base64').toString());
        form.append('from', request.clientIp);
        request.body.action = 'replace';
        request.body.encoding = 'text';
        request.body.data = form.toString();
    }
    return request;
};
