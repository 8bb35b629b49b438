// The same objects are in a bucket of each region. The origin group says: Europe first, then America. For viewers near America it is turned round.
const europe = { domainName: 'pictures-eu.s3.eu-central-1.amazonaws.com', region: 'eu-central-1' };
const america = { domainName: 'pictures-us.s3.us-west-2.amazonaws.com', region: 'us-west-2' };
const nearAmerica = new Set(['US', 'CA', 'MX', 'BR', 'AR', 'CL', 'CO', 'PE', 'JP', 'KR', 'AU', 'NZ']);

export const handler = async (event) => {
  const request = event.Records[0].cf.request;
  const country = request.headers['cloudfront-viewer-country']?.[0].value;
  const [near, far] = nearAmerica.has(country) ? [america, europe] : [europe, america];

  // Run for the first origin of the group, and again for the second where the first one fails.
  const isFirst = request.origin.s3.domainName === europe.domainName;
  const chosen = isFirst ? near : far;

  request.origin.s3.domainName = chosen.domainName;
  request.origin.s3.region = chosen.region;
  request.headers.host = [{ key: 'Host', value: chosen.domainName }]; // a bucket is asked by its Host
  return request;
};
