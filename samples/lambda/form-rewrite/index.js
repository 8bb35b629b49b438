// Viewer request with IncludeBody: a form is read, refused without an address, and goes on with its fields in order and the address in lower case.
exports.handler = async (event) => {
    const request = event.Records[0].cf.request;
    if (request.method !== 'POST')
        return request;
    if (request.body.inputTruncated)
        return { status: '413', statusDescription: 'Content Too Large' };
    const form = new URLSearchParams(Buffer.from(request.body.data, 'base64').toString());
    const email = form.get('email')?.trim().toLowerCase();
    if (!email?.includes('@'))
        return { status: '400', statusDescription: 'Bad Request', body: 'email is missing\n', headers: { 'content-type': [{ value: 'text/plain' }] } };
    form.set('email', email);
    form.sort();
    request.body = { action: 'replace', encoding: 'text', data: form.toString() };
    return request;
};
