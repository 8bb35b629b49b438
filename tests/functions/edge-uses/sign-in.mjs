// Row 7, viewer request: who has no session goes to sign in, and comes back to where they were.
export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    const cookies = (request.headers.cookie ?? []).flatMap((line) => line.value.split(/; */));
    if (cookies.some((pair) => pair.startsWith('session=')))
        return request;
    const back = encodeURIComponent(`https://${request.headers.host[0].value}${request.uri}?${request.querystring}`);
    return { status: '302', headers: { location: [{ value: `https://sign-in.example/?back=${back}` }] } };
};
