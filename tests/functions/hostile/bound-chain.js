// bind of bind of bind; ends: over-compute or over-memory or throws RangeError
function handler(event) {
    var f = x => x;
    for (var i = 0; i < 5000; i++) f = f.bind(null, i);
    return f(1)
}
