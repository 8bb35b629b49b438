// arguments objects kept; ends: over-memory
function handler(event) {
    var all = [];
    function f() { all.push(arguments) }
    for (;;) f(1, 2, 3, 4, 5, 6, 7, 8)
}
