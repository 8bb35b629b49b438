// toString of an array in itself; ends: returns or throws RangeError
function handler(event) {
    var a = [];
    a.push(a, a);
    return { statusCode: 200, body: "x" + a }
}
