// Row 4, a request event: elsewhere.
export const handler = async (event) => ({
    status: '302', statusDescription: 'Found', headers: { location: [{ key: 'Location', value: `https://elsewhere.example${event.Records[0].cf.request.uri}` }] },
});
