// Hashes set up and left; ends: over-memory
function handler(event) {
    var crypto = require('crypto'), all = [];
    for (;;) all.push(crypto.createHash('md5'))
}
