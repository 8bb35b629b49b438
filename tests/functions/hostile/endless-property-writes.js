// Property writes in an endless loop; ends: over-compute
function handler(event) {
    var o = {};
    for (var i = 0; ; i++) { o.a = i; o.b = o.a }
}
