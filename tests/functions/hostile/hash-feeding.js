// One hash fed for ever; ends: over-memory
function handler(event) {
    var h = require('crypto').createHash('md5'), s = 'x'.repeat(1000);
    for (;;) h.update(s)
}
