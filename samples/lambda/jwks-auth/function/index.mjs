// Viewer request: who has a token of our issuer may pass. The subject goes on to the origin as X-Subject; the token does not.
import { readFileSync } from 'node:fs';
import { Keys, NoKeys } from './keys.mjs';
import { claimsOf, Unauthorized } from './token.mjs';

const config = JSON.parse(readFileSync(new URL('config.json', import.meta.url)));
const keys = new Keys(config);

export const handler = async (event) => {
    const request = event.Records[0].cf.request;
    // Whatever a viewer claims to be: only we say it.
    delete request.headers['x-subject'];
    const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization?.[0].value ?? '');
    if (!bearer)
        return refusal('401', 'a token is missing', ['www-authenticate', 'Bearer']);
    try {
        const claims = await claimsOf(bearer[1], keys, config);
        request.headers['x-subject'] = [{ key: 'X-Subject', value: encodeURIComponent(claims.sub) }];
        delete request.headers.authorization;
        return request;
    } catch (error) {
        if (error instanceof Unauthorized)
            return refusal('401', error.message, ['www-authenticate', `Bearer error="invalid_token", error_description="${error.message}"`]);
        if (error instanceof NoKeys)
            return refusal('503', 'the issuer cannot be asked', ['retry-after', '5']);
        throw error;
    }
};

const refusal = (status, text, [name, value]) => ({
    status, body: `${text}\n`, headers: { 'content-type': [{ value: 'text/plain' }], 'cache-control': [{ value: 'no-store' }], [name]: [{ value }] },
});
