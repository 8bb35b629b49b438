// Recursion through a setter; ends: throws RangeError
function handler(event) {
    var o = { set a(v) { this.a = v } };
    o.a = 1
}
