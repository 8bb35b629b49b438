// Bearer tokens signed with HS256. Says who asks and what they may do, or throws an Unauthorized that says why not.
import { createHmac, timingSafeEqual } from 'node:crypto';

export class Unauthorized extends Error {}

export function verify(authorization, { issuer, secret }, now = Date.now() / 1000) {
    const parts = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization ?? '');
    if (!parts)
        throw new Unauthorized('a Bearer token is missing');
    const [, head, body, signature] = parts;
    // The algorithm is ours to choose, not the token's.
    if (parse(head).alg !== 'HS256')
        throw new Unauthorized('the token is not signed with HS256');
    const expected = createHmac('sha256', secret).update(`${head}.${body}`).digest();
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
        throw new Unauthorized('the signature does not fit');
    const claims = parse(body);
    if (claims.iss !== issuer || typeof claims.sub !== 'string' || claims.sub === '')
        throw new Unauthorized('the token was made for something else');
    if (!(now < claims.exp))
        throw new Unauthorized('the token has expired');
    return { owner: claims.sub, scopes: String(claims.scope ?? '').split(' ') };
}

function parse(part) {
    try {
        return JSON.parse(Buffer.from(part, 'base64url')) ?? {};
    } catch {
        throw new Unauthorized('the token is not JSON');
    }
}
