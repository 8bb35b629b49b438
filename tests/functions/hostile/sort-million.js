// Sort of a million; ends: over-compute or over-memory
function handler(event) {
    var a = [];
    for (var i = 0; i < 1000000; i++) a[i] = (i * 7919) % 1000003;
    a.sort()
}
