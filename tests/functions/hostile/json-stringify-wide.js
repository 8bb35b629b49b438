// stringify of shared objects that double; ends: throws TypeError or over-compute or over-memory
function handler(event) {
    var o = { a: 1 };
    for (var i = 0; i < 25; i++) o = { l: o, r: o };
    return JSON.stringify(o)
}
