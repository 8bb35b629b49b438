// A decoder that calls the parser; ends: throws RangeError
function handler(event) {
    var qs = require('querystring');
    function f() { return qs.parse('a=%20', '&', '=', { decodeURIComponent: f }) }
    f()
}
