var crypto = require('crypto');

var REFUSED = { statusCode: 401, statusDescription: 'Unauthorized' };

function sameText(a, b) {
    if (a.length !== b.length)
        return false;
    var difference = 0;
    for (var i = 0; i < a.length; i++)
        difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
    return difference === 0;
}

// Throws the reason when the token is not good now.
function check(token, key) {
    var parts = token.split('.');
    if (parts.length !== 3)
        throw new Error('Not three parts');
    var signature = crypto.createHmac('sha256', key).update(parts[0] + '.' + parts[1]).digest('base64url');
    if (!sameText(signature, parts[2]))
        throw new Error('Wrong signature');
    var claims = JSON.parse(String.bytesFrom(parts[1], 'base64url'));
    var now = Date.now() / 1000;
    if (claims.nbf && now < claims.nbf)
        throw new Error('Not valid yet');
    if (claims.exp && now > claims.exp)
        throw new Error('Expired');
}

function handler(event) {
    var request = event.request;
    var given = request.querystring.jwt;
    if (!given) {
        console.log('No token');
        return REFUSED;
    }
    try {
        check(given.value, 'only-for-the-tests-of-this-repository');
    } catch (error) {
        console.log(error);
        return REFUSED;
    }
    delete request.querystring.jwt;
    console.log('Valid JWT token');
    return request;
}
