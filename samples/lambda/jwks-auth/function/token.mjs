// Checks a token (RS256 or ES256) against the issuer's keys: its claims, or an Unauthorized that says what is wrong with it.
import { verify } from 'node:crypto';

export class Unauthorized extends Error {}

const leeway = 60;   // seconds that clocks may differ

export async function claimsOf(token, keys, { issuer, audience }, now = Date.now() / 1000) {
    const parts = token.split('.');
    if (parts.length !== 3)
        throw new Unauthorized('not a token');
    const { alg, kid, crit } = parse(parts[0]);
    if ((alg !== 'RS256' && alg !== 'ES256') || crit)
        throw new Unauthorized('not an algorithm that is accepted');
    const claims = parse(parts[1]);
    if (claims.iss !== issuer)
        throw new Unauthorized('of another issuer');
    const found = await keys.find(kid);
    if (!found)
        throw new Unauthorized('signed with an unknown key');
    // The key says what it is for. A token that says otherwise is a forgery.
    if (found.alg !== alg)
        throw new Unauthorized('the key is for another algorithm');
    const signature = Buffer.from(parts[2], 'base64url');
    if (!verify('sha256', Buffer.from(`${parts[0]}.${parts[1]}`), { key: found.key, dsaEncoding: 'ieee-p1363' }, signature))
        throw new Unauthorized('the signature does not fit');
    if (![claims.aud].flat().includes(audience))
        throw new Unauthorized('for another audience');
    if (!(now < claims.exp + leeway))
        throw new Unauthorized('expired');
    if (claims.nbf > now + leeway)
        throw new Unauthorized('not valid yet');
    return claims;
}

function parse(part) {
    try {
        return JSON.parse(Buffer.from(part, 'base64url')) ?? {};
    } catch {
        throw new Unauthorized('not a token');
    }
}
