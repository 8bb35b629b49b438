import crypto from 'crypto';
import cf from 'cloudfront';

const ISSUER = 'https://login.example.com/';
const AUDIENCE = 'https://www.example.com/';
const COOKIE = 'session';
const LEEWAY = 30;              // seconds by which the issuer's clock may differ from the edge's

const keys = cf.kvs();

// Viewer request: lets requests with a valid token pass, without the token, so that all viewers share one cached object. The token's `kid` says which
// key of the store has signed it: publish the next key first, sign with it later, let the old one end last.
async function handler(event) {
    const request = event.request;
    const token = bearerToken(request) || cookieToken(request);
    if (!token) {
        return unauthorized('Bearer');
    }
    try {
        await verify(token);
    } catch (error) {
        console.log('denied: ' + error.message);
        return unauthorized('Bearer error="invalid_token"');
    }
    delete request.headers.authorization;
    delete request.cookies[COOKIE];
    return request;
}

function bearerToken(request) {
    const header = request.headers.authorization;
    const match = header && /^Bearer +([\w.-]+)$/i.exec(header.value);
    return match && match[1];
}

function cookieToken(request) {
    const cookie = request.cookies[COOKIE];
    return cookie && cookie.value;
}

async function verify(token) {
    const parts = token.split('.');
    if (parts.length !== 3) {
        throw new Error('a token has three parts');
    }
    const header = decode(parts[0]);
    if (header.alg !== 'HS256') {       // never the token's choice: "none" would need no key at all
        throw new Error('the algorithm is not HS256');
    }
    const now = Math.floor(Date.now() / 1000);
    const key = await findKey(header.kid, now);
    const signature = crypto.createHmac('sha256', key.secret).update(parts[0] + '.' + parts[1]).digest('base64url');
    if (!equal(signature, parts[2])) {
        throw new Error('wrong signature');
    }
    checkClaims(decode(parts[1]), now);
}

// {"secret":"...","from":seconds,"until":seconds}; a key without `until` stays until it is taken out of the store.
async function findKey(kid, now) {
    if (!/^[\w-]{1,64}$/.test(kid)) {
        throw new Error('the kid is not a name');
    }
    const name = 'jwt.key.' + kid;
    if (!(await keys.exists(name))) {
        throw new Error('no such key');
    }
    const key = await keys.get(name, { format: 'json' });
    if (now < key.from) {
        throw new Error('the key is not in use yet');
    }
    if (key.until && now >= key.until) {
        throw new Error('the key is retired');
    }
    return key;
}

function checkClaims(claims, now) {
    if (typeof claims.exp !== 'number' || now >= claims.exp + LEEWAY) {
        throw new Error('expired');
    }
    if (claims.nbf !== undefined && !(now >= claims.nbf - LEEWAY)) {
        throw new Error('not valid yet');
    }
    if (claims.iss !== ISSUER) {
        throw new Error('another issuer');
    }
    if (claims.aud !== AUDIENCE && !(Array.isArray(claims.aud) && claims.aud.includes(AUDIENCE))) {
        throw new Error('for another audience');
    }
}

function decode(part) {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
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

function unauthorized(challenge) {
    return {
        statusCode: 401,
        statusDescription: 'Unauthorized',
        headers: { 'www-authenticate': { value: challenge }, 'cache-control': { value: 'no-store' } },
    };
}
