// Elements appended by index for ever; ends: over-memory
function handler(event) {
    var a = [];
    for (var i = 0; ; i++) a[i] = i
}
