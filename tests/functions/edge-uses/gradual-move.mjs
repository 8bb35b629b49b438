// Row 13, origin request: some of the requests go to the new bucket already.
const share = 1;

export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    if (Math.random() < share) {
        request.origin.s3.domainName = 'new-site.s3.amazonaws.com';
        request.headers.host = [{ key: 'host', value: 'new-site.s3.amazonaws.com' }];
    }
    return request;
};
