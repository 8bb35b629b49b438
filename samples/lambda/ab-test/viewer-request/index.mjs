// Viewer request: a viewer with an arm keeps it, others draw one by weight. Each arm is a folder of the origin, so the arms are cached apart.
import { readFileSync } from 'node:fs';

const { cookie, arms } = JSON.parse(readFileSync(new URL('experiment.json', import.meta.url)));
const total = arms.reduce((sum, arm) => sum + arm.weight, 0);

export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    const given = cookieOf(request, cookie);
    const isKnown = arms.some((arm) => arm.name === given);
    const arm = isKnown ? given : draw();
    // For viewer-response, which sees the request as it leaves here. Viewers cannot set it.
    delete request.headers['x-new-arm'];
    if (!isKnown)
        request.headers['x-new-arm'] = [{ key: 'X-New-Arm', value: `${cookie}=${arm}` }];
    request.uri = `/${arm}${request.uri}${request.uri.endsWith('/') ? 'index.html' : ''}`;
    return request;
};

/** A viewer may send several Cookie lines, each with several cookies. */
function cookieOf(request, name) {
    for (const { value } of request.headers.cookie ?? []) {
        for (const pair of value.split(';')) {
            const [key, ...rest] = pair.trim().split('=');
            if (key === name)
                return rest.join('=');
        }
    }
    return undefined;
}

function draw() {
    let point = Math.random() * total;
    return (arms.find((arm) => (point -= arm.weight) < 0) ?? arms[0]).name;
}
