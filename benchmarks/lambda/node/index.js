'use strict';
// A viewer-request function as many are: reads a header and a cookie, sets two headers, rewrites the path.
exports.handler = async (event) => {
  const request = event.Records[0].cf.request;
  const cookies = (request.headers.cookie || []).map((entry) => entry.value).join('; ');
  request.headers['x-variant'] = [{ key: 'X-Variant', value: /variant=b/.test(cookies) ? 'b' : 'a' }];
  request.headers['x-device'] = [{ key: 'X-Device', value: /Mobile/.test(request.headers['user-agent'][0].value) ? 'phone' : 'desktop' }];
  if (request.uri.endsWith('/')) request.uri += 'index.html';
  return request;
};
