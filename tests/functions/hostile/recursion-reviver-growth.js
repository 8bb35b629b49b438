// A reviver that hangs in ever deeper objects; ends: invalid or throws RangeError or throws TypeError or over-compute or over-memory
function handler(event) {
    return JSON.parse('{"a":1}', function (k, v) { if (k == "a") this.b = { a: 1, b: 1 }; return k == "b" ? { b: { b: 1 } } : v })
}
