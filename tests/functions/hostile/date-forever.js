// Dates made, printed and parsed for ever; ends: over-compute or over-memory
function handler(event) {
    for (var i = 0; ; i++) Date.parse(new Date(i * 86400000).toUTCString())
}
