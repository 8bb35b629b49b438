// toFixed and toPrecision for ever; ends: over-compute or over-memory
function handler(event) {
    for (var i = 1; ; i++) (i * 1e17 / 7).toFixed(100), (i / 7).toPrecision(100)
}
