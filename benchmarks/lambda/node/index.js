'use strict';
// The peers' job 7 as a function: one header more on the request, which goes on.
exports.handler = async (event) => {
  const request = event.Records[0].cf.request;
  request.headers['x-fn'] = [{ key: 'X-Fn', value: '1' }];
  return request;
};
