// escape of its own output; ends: over-memory
function handler(event) {
    var qs = require('querystring'), s = '%%%';
    for (;;) s = qs.escape(s)
}
