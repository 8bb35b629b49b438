// Row 11, origin request: the copy of the bucket that is near to the viewer. The origin is edited where it stands.
const regions = { DE: 'eu-central-1', JP: 'ap-northeast-1' };

export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    const region = regions[request.headers['cloudfront-viewer-country']?.[0].value];
    if (region) {
        request.origin.s3.region = region;
        request.origin.s3.domainName = `site-${region}.s3.${region}.amazonaws.com`;
        request.headers.host = [{ key: 'host', value: request.origin.s3.domainName }];
    }
    return request;
};
