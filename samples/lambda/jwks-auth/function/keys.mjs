// The issuer's keys, by `kid`. They stay with the environment for as long as the issuer says, or maxAgeSeconds where it is silent.
import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';

/** There are no keys, and the issuer cannot be asked. */
export class NoKeys extends Error {}

export class Keys {
    #config;
    #options;
    #keys = new Map();
    #goodUntil = 0;
    #nextSearch = 0;

    constructor(config) {
        this.#config = config;
        // An issuer of one's own may have a certificate that no one else knows.
        this.#options = config.ca ? { ca: readFileSync(new URL(config.ca, import.meta.url)) } : {};
    }

    /** The key; null where the issuer has none of that name. */
    async find(kid) {
        if (Date.now() >= this.#goodUntil) {
            await this.#refresh();
        } else if (!this.#keys.has(kid) && Date.now() >= this.#nextSearch) {
            // An unknown name may be the newest key. It may also be made up, so the issuer is not asked for each of them.
            this.#nextSearch = Date.now() + this.#config.pauseSeconds * 1000;
            await this.#refresh();
        }
        return this.#keys.get(kid) ?? null;
    }

    /** Fetches the keys. Where that fails, those that are here serve on for a while: a key does not become wrong because the issuer is away. */
    async #refresh() {
        try {
            const { text, maxAge } = await get(this.#config, this.#options);
            const keys = new Map();
            for (const jwk of JSON.parse(text).keys) {
                const alg = { RSA: 'RS256', EC: jwk.crv === 'P-256' ? 'ES256' : undefined }[jwk.kty];
                // What is for encryption, or of a kind that we do not check, is not for us.
                if (alg && jwk.kid && (jwk.use ?? 'sig') === 'sig' && (jwk.alg ?? alg) === alg)
                    keys.set(jwk.kid, { alg, key: createPublicKey({ key: jwk, format: 'jwk' }) });
            }
            this.#keys = keys;
            this.#goodUntil = Date.now() + (maxAge ?? this.#config.maxAgeSeconds) * 1000;
        } catch (error) {
            console.warn(`the keys could not be fetched: ${error.message}`);
            if (this.#keys.size === 0)
                throw new NoKeys(error.message, { cause: error });
            this.#goodUntil = Date.now() + this.#config.pauseSeconds * 1000;
        }
    }
}

function get({ jwks: url, timeoutMilliseconds }, options) {
    return new Promise((resolve, reject) => {
        const client = url.startsWith('https:') ? https : http;
        client.get(url, { ...options, signal: AbortSignal.timeout(timeoutMilliseconds) }, (reply) => {
            const parts = [];
            reply.on('data', (part) => parts.push(part));
            reply.on('error', reject);
            reply.on('end', () => reply.statusCode === 200
                ? resolve({ text: Buffer.concat(parts).toString(), maxAge: maxAgeOf(reply.headers['cache-control']) })
                : reject(new Error(`${url} answered ${reply.statusCode}`)));
        }).on('error', reject);
    });
}

function maxAgeOf(cacheControl) {
    const found = /max-age=(\d+)/.exec(cacheControl ?? '');
    return found ? Number(found[1]) : undefined;
}
