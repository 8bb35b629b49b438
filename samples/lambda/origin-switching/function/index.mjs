// One behavior, two kinds of origin: what is asked depends on the request, not on the path pattern.
const bucket = 'pictures-eu.s3.eu-central-1.amazonaws.com';
const app = { domainName: 'localhost', port: 9003 };

export const handler = async (event) => {
  const request = event.Records[0].cf.request;

  // An application that has moved its pictures into a bucket: those of the new kind come from there, unsigned, so the bucket is public.
  if (request.origin.custom && new URLSearchParams(request.querystring).has('useS3Origin')) {
    request.origin = { s3: { domainName: bucket, region: '', authMethod: 'none', path: '', customHeaders: {} } };
    request.headers.host = [{ key: 'Host', value: bucket }];
  }

  // A bucket in front of which stands an application for some paths.
  else if (request.origin.s3 && request.uri.startsWith('/app/')) {
    request.origin = {
      custom: {
        domainName: app.domainName, port: app.port, protocol: 'http', path: '', sslProtocols: ['TLSv1.2'], readTimeout: 5, keepaliveTimeout: 5,
        customHeaders: { 'x-from': [{ key: 'X-From', value: 'the edge' }] },
      },
    };
    request.headers.host = [{ key: 'Host', value: app.domainName }];
  }
  return request;
};
