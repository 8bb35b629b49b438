// stringify of a cycle; ends: throws TypeError
function handler(event) {
    var o = {};
    o.o = o;
    return JSON.stringify(o)
}
