// An issuer for this machine: node issuer.mjs [PORT [CERTIFICATE KEY]]
//   GET  /jwks                        its keys, fresh for 300 seconds, or as long as /max-age was told
//   GET  /token?sub=S&alg=A&claim=V   a token of the newest key; alg is RS256 (default) or ES256, other names are claims
//   POST /rotate                      a new pair of keys; those of before stay, POST /forget drops them
//   POST /max-age?seconds=N           what /jwks says from now on
//   GET  /asked                       how often /jwks was fetched
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';

const [port = '9400', certificate, key] = process.argv.slice(2);
let [asked, maxAge, generation] = [0, 300, 0];
let pairs = [];

function rotate() {
    generation++;
    for (const [alg, kind, options] of [['RS256', 'rsa', { modulusLength: 2048 }], ['ES256', 'ec', { namedCurve: 'P-256' }]])
        pairs.push({ kid: `${alg}-${generation}`, alg, ...generateKeyPairSync(kind, options) });
}

const newest = (alg) => pairs.findLast((pair) => pair.alg === alg);

function token(query, issuer) {
    const { alg = 'RS256', kid, ...claims } = Object.fromEntries(query);
    const now = Math.floor(Date.now() / 1000);
    const pair = newest(alg);
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const all = { iss: issuer, aud: 'brink-sample', sub: 'ann', iat: now, exp: now + 3600, ...claims };
    for (const time of ['exp', 'nbf'])
        if (time in all)
            all[time] = Number(all[time]);
    const text = `${encode({ typ: 'JWT', alg, kid: kid ?? pair.kid })}.${encode(all)}`;
    return `${text}.${sign('sha256', Buffer.from(text), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

function answer(request, reply) {
    const url = new URL(request.url, server.url);
    switch (`${request.method} ${url.pathname}`) {
        case 'GET /jwks':
            asked++;
            reply.setHeader('Cache-Control', `public, max-age=${maxAge}`);
            reply.setHeader('Content-Type', 'application/json');
            return JSON.stringify({ keys: pairs.map((pair) => ({ ...pair.publicKey.export({ format: 'jwk' }), kid: pair.kid, alg: pair.alg, use: 'sig' })) });
        case 'GET /token':
            return token(url.searchParams, server.url);
        case 'GET /asked':
            return String(asked);
        case 'POST /rotate':
            rotate();
            return newest('RS256').kid;
        case 'POST /forget':
            pairs = pairs.slice(-2);
            return newest('RS256').kid;
        case 'POST /max-age':
            maxAge = Number(url.searchParams.get('seconds'));
            return String(maxAge);
        default:
            reply.statusCode = 404;
            return 'see issuer.mjs for what there is';
    }
}

rotate();
const listener = (request, reply) => reply.end(`${answer(request, reply)}\n`);
const server = certificate ? https.createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, listener) : http.createServer(listener);
server.listen(Number(port), '127.0.0.1', () => {
    server.url = `${certificate ? 'https' : 'http'}://127.0.0.1:${server.address().port}`;
    console.log(`Issuer: ${server.url}`);
});
