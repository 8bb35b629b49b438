import crypto from 'crypto';
import cf from 'cloudfront';

const store = cf.kvs();

// Tools and libraries that name themselves, and browsers that a program drives.
const TOOLS = /^$|curl|wget|python|scrapy|libwww|go-http|okhttp|java\/|httpclient|node-fetch|axios|headless|phantom|selenium|puppeteer|playwright|sqlmap|nikto|masscan|zgrab/i;

// A page that no person finds: forbidden in robots.txt, linked where it is not seen.
const TRAP = '/trap/';

// What a program that says it is a browser gets wrong. 100 points are refused, 50 are asked to keep a cookie first.
// points   what                                                    when
const SIGNALS = [
    [ 40,   'no accept',                                            (r) => !r.accept],
    [ 40,   'no accept-language',                                   (r) => !r.language],
    [ 40,   'no accept-encoding',                                   (r) => !r.encoding],
    [ 50,   'no client hints from Chromium',                        (r) => r.chromium && !r.hints],
    [100,   'client hints from another browser',                    (r) => !r.chromium && r.hints],
    [ 50,   'client hints and user agent differ about the device',  (r) => r.mobile && (r.mobile === '?1') !== /Mobile/.test(r.agent)],
    [100,   'client hints and user agent differ about the system',  (r) => r.platform && !platformFits(r)],
    [100,   'two systems in one user agent',                        (r) => /Windows NT/.test(r.agent) && /iPhone|Android|Mac OS X/.test(r.agent)],
    [100,   'fetch metadata from a browser without it',             (r) => /MSIE|Trident/.test(r.agent) && r.mode],
    [ 50,   'a navigation to something else than a document',       (r) => r.mode === 'navigate' && !/document|frame|object|embed/.test(r.dest)],
];

// Viewer request: the store's word about an address first, then who they say they are, then how they behave.
async function handler(event) {
    const request = event.request;
    const ip = event.viewer.ip;
    const verdict = (await store.exists('ip:' + ip)) ? await store.get('ip:' + ip) : '';
    if (verdict === 'allow') {
        return request;
    }
    if (verdict === 'deny') {
        return refuse(ip, 'denied address');
    }
    if (request.uri.startsWith(TRAP)) {
        return refuse(ip, 'trap');              // a log reader puts such addresses into the store
    }
    const agent = value(request, 'user-agent');
    const bot = /\b(?!cubot\b)([a-z]*(?:bot|crawler|spider))\b/i.exec(agent);      // Cubot makes telephones
    if (bot) {
        return (await isVerified(bot[1].toLowerCase(), ip)) ? request : refuse(ip, 'not a verified bot');
    }
    if (TOOLS.test(agent)) {
        return refuse(ip, 'tool');
    }
    const found = signals(request, agent);
    if (found.points >= 100) {
        return refuse(ip, found.names.join(', '));
    }
    return found.points >= 50 ? await challenge(event, agent, found) : request;
}

// A good bot comes from its own network: "bot:examplebot" has the beginnings of its addresses, separated by spaces.
async function isVerified(name, ip) {
    if (!(await store.exists('bot:' + name))) {
        return false;
    }
    const networks = await store.get('bot:' + name);
    return isWithin(ip, networks.split(' '));
}

function isWithin(ip, beginnings) {
    return beginnings.some((beginning) => beginning && ip.startsWith(beginning));
}

function signals(request, agent) {
    const seen = {
        agent: agent,
        chromium: /Chrome\//.test(agent),
        accept: value(request, 'accept'),
        language: value(request, 'accept-language'),
        encoding: value(request, 'accept-encoding'),
        hints: value(request, 'sec-ch-ua'),
        mobile: value(request, 'sec-ch-ua-mobile'),
        platform: value(request, 'sec-ch-ua-platform'),
        mode: value(request, 'sec-fetch-mode'),
        dest: value(request, 'sec-fetch-dest'),
    };
    const found = { points: 0, names: [] };
    SIGNALS.forEach((signal) => {
        if (signal[2](seen)) {
            found.points += signal[0];
            found.names.push(signal[1]);
        }
    });
    return found;
}

function platformFits(r) {
    const words = { Windows: 'Windows NT', macOS: 'Mac OS X', Android: 'Android', Linux: 'Linux', 'Chrome OS': 'CrOS' };
    const word = words[r.platform.replace(/"/g, '')];
    return !word || r.agent.includes(word);
}

// Passes a viewer that brings the cookie back. A marker in the query shows that it has been asked already, so that it does not go round in circles.
async function challenge(event, agent, found) {
    const request = event.request;
    const ip = event.viewer.ip;
    const secret = await store.get('clearance.secret');
    const cookie = request.cookies.clearance;
    const asked = request.querystring.clearance;
    delete request.querystring.clearance;

    if (cookie) {
        const until = cookie.value.split('.')[0];
        if (Date.now() < Number(until) * 1000 && equal(cookie.value, clearance(until, ip, agent, secret))) {
            delete request.cookies.clearance;
            return request;
        }
    }
    if (asked || request.method !== 'GET') {
        return refuse(ip, found.names.join(', ') + ', no cookie');
    }
    const path = request.uri.replace(/^[\/\\]+/, '/');      // "//evil.example" would be an address on another host
    const query = request.rawQueryString();
    const until = Math.floor(Date.now() / 1000) + 3600;
    return {
        statusCode: 302,
        statusDescription: 'Found',
        headers: { location: { value: path + '?' + (query ? query + '&' : '') + 'clearance=1' }, 'cache-control': { value: 'no-store' } },
        cookies: { clearance: { value: clearance(until, ip, agent, secret), attributes: 'Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax' } },
    };
}

// The second in which it ends, signed for this address and this user agent: of no use to others.
function clearance(until, ip, agent, secret) {
    return until + '.' + crypto.createHmac('sha256', secret).update(until + ' ' + ip + ' ' + agent).digest('base64url');
}

// Takes as long for a near miss as for a far one.
function equal(a, b) {
    if (a.length !== b.length) {
        return false;
    }
    let difference = 0;
    for (let i = 0; i < a.length; i++) {
        difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
    }
    return difference === 0;
}

function value(request, name) {
    return request.headers[name] ? request.headers[name].value : '';
}

function refuse(ip, reason) {
    console.log('refused ' + ip + ': ' + reason);
    return { statusCode: 403, statusDescription: 'Forbidden', headers: { 'cache-control': { value: 'no-store' } } };
}
