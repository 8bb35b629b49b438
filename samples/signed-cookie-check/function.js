import crypto from 'crypto';
import cf from 'cloudfront';

const COOKIE = 'access';
const LOGIN = 'https://login.example.com/';
const SITE = 'https://www.example.com';

// Viewer request: lets a request pass if one of its `access` cookies is signed, has not expired and covers the path. The cookie is
//     <seconds since 1970 when it ends>~<folder or page that it opens>~<base64url of HMAC-SHA256 of the two, with the tilde between them>
// and the secret is in the key value store under 'cookie.secret'.
async function handler(event) {
    const request = event.request;
    const cookie = request.cookies[COOKIE];
    if (!cookie) {
        return refuse(request, 'no cookie');
    }
    const secret = await cf.kvs().get('cookie.secret');
    // A browser sends two of them when it holds one for / and one for a folder.
    const values = cookie.multiValue || [cookie];
    let reason = '';
    for (let i = 0; i < values.length && i < 4; i++) {
        reason = fault(values[i].value, request.uri, secret);
        if (!reason) {
            delete request.cookies[COOKIE];     // the object is the same for all who may see it
            return request;
        }
    }
    return refuse(request, reason);
}

// Why the cookie does not open the path; empty if it does.
function fault(value, uri, secret) {
    const parts = value.split('~');
    if (parts.length !== 3) {
        return 'not a signed cookie';
    }
    const signature = crypto.createHmac('sha256', secret).update(parts[0] + '~' + parts[1]).digest('base64url');
    if (!equal(signature, parts[2])) {
        return 'wrong signature';
    }
    if (!(Date.now() < Number(parts[0]) * 1000)) {     // also when it is no number
        return 'expired';
    }
    // A path with a slash at its end is a folder, any other is one page. The origin would resolve dot segments, and give what lies outside.
    const covers = parts[1].endsWith('/') ? uri.startsWith(parts[1]) : uri === parts[1];
    if (!covers || /(\/|%2f|\\|%5c)(\.|%2e){1,2}(\/|%2f|\\|%5c|$)/i.test(uri)) {
        return 'another path';
    }
    return '';
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

// A person who opens a page is sent to the login; a script, an image or an API call gets 403, because it could not follow.
function refuse(request, reason) {
    console.log('denied: ' + reason);
    const accept = request.headers.accept;
    if (request.method !== 'GET' || !accept || !accept.value.includes('text/html')) {
        return { statusCode: 403, statusDescription: 'Forbidden', headers: { 'cache-control': { value: 'no-store' } } };
    }
    const query = request.rawQueryString();
    const back = SITE + request.uri + (query ? '?' + query : '');
    return {
        statusCode: 302,
        statusDescription: 'Found',
        headers: { location: { value: LOGIN + '?return=' + encodeURIComponent(back) }, 'cache-control': { value: 'no-store' } },
    };
}
