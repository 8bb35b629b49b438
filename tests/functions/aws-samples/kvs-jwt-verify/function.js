import crypto from 'crypto';
import cf from 'cloudfront';

const REFUSED = { statusCode: 401, statusDescription: 'Unauthorized' };

function sameText(a, b) {
    if (a.length !== b.length)
        return false;
    let difference = 0;
    for (let i = 0; i < a.length; i++)
        difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
    return difference === 0;
}

// Throws the reason when the token is not good now.
function check(token, key) {
    const parts = token.split('.');
    if (parts.length !== 3)
        throw new Error('Not three parts');
    const signature = crypto.createHmac('sha256', key).update(parts[0] + '.' + parts[1]).digest('base64url');
    if (!sameText(signature, parts[2]))
        throw new Error('Wrong signature');
    const claims = JSON.parse(Buffer.from(parts[1], 'base64url').toString());
    const now = Date.now() / 1000;
    if (claims.nbf && now < claims.nbf)
        throw new Error('Not valid yet');
    if (claims.exp && now > claims.exp)
        throw new Error('Expired');
}

async function handler(event) {
    const request = event.request;
    const key = await cf.kvs().get('jwt.secret');
    const given = request.querystring.jwt;
    if (!given) {
        console.log('No token');
        return REFUSED;
    }
    try {
        check(given.value, key);
    } catch (error) {
        console.log(error);
        return REFUSED;
    }
    delete request.querystring.jwt;
    console.log('Valid JWT token');
    return request;
}
