// A result whose getter throws; ends: throws TypeError or throws Error or invalid
function handler(event) {
    return { statusCode: 200, get headers() { throw new TypeError('x') } }
}
