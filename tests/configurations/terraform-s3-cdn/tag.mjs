export const handler = async (event) => {
  const request = event.Records[0].cf.request;
  request.headers['x-tag'] = [{ key: 'X-Tag', value: request.origin.custom.customHeaders['x-api-key'][0].value + '-' + request.method }];
  return request;
};
