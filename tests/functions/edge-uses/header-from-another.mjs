// Row 2, origin response: a header gets the entry of another one, whose key is the other's.
export const handler = async (event) => {
    const { headers } = event.Records[0].cf.response;
    if (headers['x-amz-meta-revised'])
        headers['x-revised'] = [headers['x-amz-meta-revised'][0]];
    return event.Records[0].cf.response;
};
