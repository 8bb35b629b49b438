// Row 8, origin request: the shop of the viewer's country. The answer is cached for each value of the header.
const shops = { DE: 'https://de.shop.example', FR: 'https://fr.shop.example' };

export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    const shop = shops[request.headers['cloudfront-viewer-country']?.[0].value];
    return shop ? { status: '302', headers: { location: [{ value: shop + request.uri }], 'cache-control': [{ value: 'max-age=60' }] } } : request;
};
