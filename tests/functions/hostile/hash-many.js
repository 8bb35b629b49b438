// Small hashes for ever; ends: over-compute or over-memory
function handler(event) {
    var crypto = require('crypto');
    for (;;) crypto.createHmac('sha256', 'k').update('x').digest('base64')
}
