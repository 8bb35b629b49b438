// Joins of arrays of arrays that refer to each other; ends: over-compute or over-memory or throws RangeError
function handler(event) {
    var a = ["x"];
    for (var i = 0; i < 60; i++) a = [a, a];
    return a.join()
}
