// Recursion through a getter on a built-in prototype; ends: throws RangeError
function handler(event) {
    Object.defineProperty(Object.prototype, "q", { get() { return this.q } });
    return ({}).q
}
