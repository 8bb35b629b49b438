// Row 16, origin response: an error leads home, with a number as status and no body.
export const handler = async (event) => {
    const response = event.Records[0].cf.response;
    if (Number(response.status) >= 400) {
        response.status = 302;
        response.statusDescription = 'Found';
        response.body = '';
        response.headers.location = [{ key: 'Location', value: '/index.html' }];
    }
    return response;
};
