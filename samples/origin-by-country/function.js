// Viewer request: asks the origin nearest to the viewer's country, and the main one when that fails.
import cf from 'cloudfront';

// Ids of origins in distribution.json. Countries that are not here go to the behavior's own origin.
const nearest = {
    DE: 'europe', FR: 'europe', GB: 'europe', IE: 'europe',
    IN: 'asia', JP: 'asia', SG: 'asia'
};

function handler(event) {
    const request = event.request;
    const country = request.headers['cloudfront-viewer-country'];
    const origin = country && nearest[country.value];

    if (origin) {
        cf.createRequestOriginGroup({
            originIds: [origin, 'main'],
            failoverCriteria: { statusCodes: [500, 502, 503, 504] }
        });
    }
    return request;
}
