import crypto from 'crypto';
const key = 'bench-secret-0123456789abcdef0123456789';
const denied = { statusCode: 401, statusDescription: 'Unauthorized' };
function handler(event) {
    const authorization = event.request.headers.authorization;
    if (!authorization || !authorization.value.startsWith('Bearer ')) {
        return denied;
    }
    const parts = authorization.value.slice(7).split('.');
    if (parts.length !== 3 || crypto.createHmac('sha256', key).update(parts[0] + '.' + parts[1]).digest('base64url') !== parts[2]) {
        return denied;
    }
    const claims = JSON.parse(Buffer.from(parts[1], 'base64url').toString());
    return claims.exp > Date.now() / 1000 ? event.request : denied;
}
