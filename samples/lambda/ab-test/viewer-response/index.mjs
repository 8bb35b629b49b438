// Viewer response: who has just drawn an arm is told to keep it. This runs for cached pages too, and what it adds is not cached.
export const handler = async (event) => {
    const { request, response } = event.Records[0].cf;
    const arm = request.headers['x-new-arm']?.[0].value;
    if (arm)
        response.headers['set-cookie'] = [...response.headers['set-cookie'] ?? [], { key: 'Set-Cookie', value: `${arm}; Path=/; Max-Age=2592000; Secure; SameSite=Lax` }];
    return response;
};
