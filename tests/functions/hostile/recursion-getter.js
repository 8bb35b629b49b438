// Recursion through a getter; ends: throws RangeError
function handler(event) {
    var o = { get a() { return this.a } };
    return o.a
}
