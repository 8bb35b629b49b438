// Row 15, origin response: an error becomes a page of ours, with a number as status.
export const handler = async (event) => {
    const response = event.Records[0].cf.response;
    if (Number(response.status) >= 400) {
        response.status = 200;
        response.statusDescription = 'OK';
        response.headers['content-type'] = [{ value: 'text/plain' }];
        response.body = 'closed for today';
    }
    return response;
};
