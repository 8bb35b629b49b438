// Row 6, viewer request: one spelling for every query.
export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    const query = new URLSearchParams(request.querystring.toLowerCase());
    query.sort();
    request.querystring = query.toString();
    return request;
};
