// Hashes of a large text for ever; ends: over-compute or over-memory
function handler(event) {
    var crypto = require('crypto'), s = 'x'.repeat(200000);
    for (;;) crypto.createHash('sha256').update(s).digest('hex')
}
