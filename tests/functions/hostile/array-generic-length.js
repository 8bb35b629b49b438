// Array methods on objects that claim a length; ends: over-compute
function handler(event) {
    var o = { length: 9007199254740991 };
    Array.prototype.forEach.call(o, x => x)
}
