// a query string of characters above U+FFFF parsed for ever; ends: over-compute or over-memory
var qs = require("querystring");
function handler(event) {
    var s = "a\u{1f600}=".repeat(500);
    for (;;) qs.parse(s)
}
