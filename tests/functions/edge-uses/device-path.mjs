// Row 9, origin request: a folder for each kind of device.
export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    const is = (kind) => request.headers[`cloudfront-is-${kind}-viewer`]?.[0].value === 'true';
    request.uri = `/${['tablet', 'mobile', 'smarttv'].find(is) ?? 'desktop'}${request.uri}`;
    return request;
};
