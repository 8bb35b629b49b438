import crypto from 'crypto';
import cf from 'cloudfront';

const unauthorized = {
    statusCode: 401,
    statusDescription: 'Unauthorized',
    headers: { 'cache-control': { value: 'no-store' } },
};

// Viewer request: lets requests with a valid token in ?jwt= pass, without the token. The secret is in the key value store under 'jwt.secret'.
async function handler(event) {
    const request = event.request;
    if (!request.querystring.jwt) {
        return unauthorized;
    }
    const secret = await cf.kvs().get('jwt.secret');
    try {
        verify(request.querystring.jwt.value, secret);
    } catch (error) {
        console.log('denied: ' + error.message);
        return unauthorized;
    }
    delete request.querystring.jwt;
    return request;
}

function verify(token, secret) {
    const parts = token.split('.');
    if (parts.length !== 3) {
        throw new Error('a token has three parts');
    }
    const header = JSON.parse(Buffer.from(parts[0], 'base64url').toString());
    if (header.alg !== 'HS256') {
        throw new Error('algorithm ' + header.alg);
    }
    const signature = crypto.createHmac('sha256', secret).update(parts[0] + '.' + parts[1]).digest('base64url');
    if (!equal(signature, parts[2])) {
        throw new Error('wrong signature');
    }
    const claims = JSON.parse(Buffer.from(parts[1], 'base64url').toString());
    if (claims.nbf && Date.now() < claims.nbf * 1000) {
        throw new Error('not valid yet');
    }
    if (claims.exp && Date.now() >= claims.exp * 1000) {
        throw new Error('expired');
    }
    return claims;
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
