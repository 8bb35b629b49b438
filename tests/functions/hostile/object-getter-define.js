// Accessors defined for ever; ends: over-compute or over-memory
function handler(event) {
    var o = {};
    for (var i = 0; ; i++) Object.defineProperty(o, "k" + i, { get: function () { return i } })
}
