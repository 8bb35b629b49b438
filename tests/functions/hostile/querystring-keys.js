// A query of many keys for ever; ends: over-compute or over-memory
function handler(event) {
    var qs = require('querystring'), s = 'a=1&'.repeat(20000);
    for (;;) qs.parse(s, '&', '=', { maxKeys: 0 })
}
