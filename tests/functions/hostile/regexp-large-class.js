// Large classes compiled for ever; ends: over-compute or over-memory
function handler(event) {
    for (var i = 0; ; i++) new RegExp("[" + "a-z0-9\u0100-\uff00".repeat(200) + i + "]", "i")
}
