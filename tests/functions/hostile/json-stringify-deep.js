// stringify of what is nested deep; ends: throws TypeError or throws RangeError or over-compute or over-memory
function handler(event) {
    var o = {};
    for (var i = 0; i < 20000; i++) o = { o };
    return JSON.stringify(o)
}
