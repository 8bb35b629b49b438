import cf from 'cloudfront';

const HOME = 'us-east-1';
const NEAREST = {
    DE: 'eu-central-1', FR: 'eu-west-3', GB: 'eu-west-2', IE: 'eu-west-1',
    IN: 'ap-south-1', JP: 'ap-northeast-1',
};

// The bucket nearest to the viewer's country.
function handler(event) {
    const country = event.request.headers['cloudfront-viewer-country'];
    const region = NEAREST[country ? country.value : ''] || HOME;
    console.log(region);
    cf.updateRequestOrigin({
        domainName: `pages-in-${region}.s3.${region}.amazonaws.com`,
        originAccessControlConfig: {
            enabled: true,
            region: region,
            signingBehavior: 'always',
            signingProtocol: 'sigv4',
            originType: 's3',
        },
    });
    return event.request;
}
