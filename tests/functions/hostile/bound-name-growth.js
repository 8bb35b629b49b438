// bind makes ever longer names; ends: over-compute or over-memory
function handler(event) {
    var f = function x() {};
    for (;;) f = f.bind()
}
