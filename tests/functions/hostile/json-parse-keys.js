// parse of ever other keys; ends: over-compute or over-memory
function handler(event) {
    for (var i = 0; ; i++) JSON.parse('{"k' + i + '":1}')
}
