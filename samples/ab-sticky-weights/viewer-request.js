import crypto from 'crypto';
import cf from 'cloudfront';

const store = cf.kvs();

// Viewer request: chooses the variant and tells it to the cache, the origin and the viewer-response function in x-variant.
async function handler(event) {
    const request = event.request;
    delete request.headers['x-variant'];        // what a viewer claims does not count
    if (!(await store.exists('experiment'))) {
        return request;                         // it is over, and nothing had to be published
    }
    // {"name":"checkout","weights":{"old":50,"new":50}}
    const experiment = await store.get('experiment', { format: 'json' });
    const variant = kept(request, experiment) || drawn(viewerId(event), experiment);
    request.headers['x-variant'] = { value: experiment.name + '.' + variant };
    return request;
}

// The cookie's variant, as long as the experiment has it. A weight of 0 takes no new viewers and leaves the old ones where they are.
function kept(request, experiment) {
    const cookie = request.cookies.variant;
    if (!cookie) {
        return '';
    }
    const parts = cookie.value.split('.');
    return parts[0] === experiment.name && experiment.weights.hasOwnProperty(parts[1]) ? parts[1] : '';
}

// Who asks: the site's own id of the viewer if there is one, so that it is the same on every device; else address and browser.
function viewerId(event) {
    const id = event.request.cookies['viewer-id'];
    if (id) {
        return id.value;
    }
    const agent = event.request.headers['user-agent'];
    return event.viewer.ip + ' ' + (agent ? agent.value : '');
}

// The same viewer draws the same number each time. With the experiment's name in the hash, the next experiment shuffles anew.
function drawn(id, experiment) {
    const names = Object.keys(experiment.weights);
    let total = 0;
    names.forEach((name) => { total += experiment.weights[name]; });

    const hash = crypto.createHash('sha256').update(experiment.name + ' ' + id).digest('hex');
    let number = parseInt(hash.substring(0, 8), 16) / 0x100000000 * total;
    for (let i = 0; i < names.length; i++) {
        number -= experiment.weights[names[i]];
        if (number < 0) {
            return names[i];
        }
    }
    return names[names.length - 1];
}
