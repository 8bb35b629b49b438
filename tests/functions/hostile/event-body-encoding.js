// A body that is no base64; ends: invalid or returns
function handler(event) {
    return { statusCode: 200, body: { encoding: 'base64', data: '\u0000\u{1F600}' } }
}
