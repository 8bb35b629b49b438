// Makes a token for one hour: node token.mjs OWNER SCOPE...
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

const { issuer, secret } = JSON.parse(readFileSync(new URL('function/config.json', import.meta.url)));
const [owner, ...scopes] = process.argv.slice(2);
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ iss: issuer, sub: owner, scope: scopes.join(' '), exp: Math.floor(Date.now() / 1000) + 3600 })}`;
console.log(`${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`);
