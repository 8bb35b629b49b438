import cf from 'cloudfront';

const COOKIE = 'appversion';

// The store says which share of the viewers of a path goes to which version of it.
async function chosenVersion(path) {
    const text = await cf.kvs().get(path);
    const choice = JSON.parse(text);
    if (!choice || !isFinite(choice.a_weightage))
        return undefined;
    return Math.random() <= choice.a_weightage ? choice.a_url : choice.b_url;
}

async function handler(event) {
    const request = event.request;
    const parts = request.uri.split('/');
    const cookie = request.cookies[COOKIE];
    if (!parts[1] || (cookie && cookie.value === parts[1]))
        return request;
    try {
        const version = await chosenVersion(parts[1]);
        if (version) {
            parts[1] = version;
            request.uri = parts.join('/');
        }
    } catch (error) {
        console.log('unchanged: ' + error.name);
    }
    return request;
}
