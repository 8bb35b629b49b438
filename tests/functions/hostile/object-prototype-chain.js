// A prototype chain of thousands, and look-ups through it; ends: over-compute or over-memory
function handler(event) {
    var o = {};
    for (var i = 0; i < 9000; i++) o = Object.create(o);
    for (;;) o.missing
}
