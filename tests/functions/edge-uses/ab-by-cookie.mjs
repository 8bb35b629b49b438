// Row 1, viewer request: an arm by cookie, else by dice, one of four gets the second.
export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    const cookies = (request.headers.cookie ?? []).flatMap((line) => line.value.split(/; */));
    const arm = cookies.includes('arm=second') ? 'second' : cookies.includes('arm=first') ? 'first' : Math.random() < 0.75 ? 'first' : 'second';
    request.uri = `/max-age/60/${arm}`;
    return request;
};
